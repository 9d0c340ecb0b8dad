using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MpcActors.Actors;
using MpcActors.Network;

namespace MpcActors.Cli;

/// <summary>Looks for a fault that a session does not survive: every seed is a scenario, and every scenario can be run again alone.</summary>
static class ExploreCommand
{
    const string Name = "explore";

    /// <summary>The seeds of a range: "17", "1..500".</summary>
    sealed record Seeds(ulong First, ulong Last)
    {
        const ulong Most = 10_000_000;

        public static Seeds Parse(string text)
        {
            var parts = text.Split("..");
            if (parts.Length <= 2 && Number(parts[0], out var first) && Number(parts[^1], out var last) && first <= last && last - first < Most) return new(first, last);
            throw new BadInputException($"--seeds is '{text}', but must be a number or a range of at most {Most}, such as 1..500");
        }

        public IEnumerable<ulong> All
        {
            get
            {
                for (var seed = First; ; seed++)
                {
                    yield return seed;
                    if (seed == Last) yield break;
                }
            }
        }

        static bool Number(string text, out ulong number) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    public static Command Create()
    {
        var seeds = Options.Text("--seeds", "N|N..M", "Seeds of the scenarios (default: 1..100)");
        var scenario = Options.Text("--scenario", "FILE", "Run the scenario of a HOCON file instead");
        var kills = Options.CountIfAny("--kills", "Instead, kill roles of real processes so many times at random moments, resuming each time", 1, 10_000);
        var network = Options.Text("--network", string.Join('|', [.. Hocon.Networks, "FILE"]), "The simulated network (default: lan)");
        var verbose = Options.Flag("--verbose", "Show every scenario and what became of it");
        var json = Options.Flag("--json", "Write one JSON object to standard output and everything else to standard error");
        var command = new ExemplifiedCommand(
            Name,
            "Runs a small session under seeded faults: it ends in the same result, or stops, says why, and resumes to it.",
            ("mpc explore --seeds 1..500", "500 scenarios of lost, altered, doubled, late frames, cuts, pauses and deaths"),
            ("mpc explore --seeds 17 --verbose", "one of them again, as HOCON and with its outcome"),
            ("mpc explore --scenario faults.hocon --verbose", "mpc.scenario { a { kind = kill, from = dealer, to = party-1, frame = 7 } }"),
            ("mpc explore --kills 20", "kill -9 of real processes, again and again, down to the same result"))
        {
            seeds, scenario, kills, network, verbose, json,
        };
        command.SetAction(async (result, cancellation) =>
        {
            var range = Seeds.Parse(result.GetValue(seeds) ?? "1..100");
            var file = result.GetValue(scenario) is { } path ? Scenario.Read(path) : null;
            var isJson = result.GetValue(json);
            var (output, error) = (result.InvocationConfiguration.Output, result.InvocationConfiguration.Error);
            if (file is not null && result.GetValue(seeds) is not null) throw new BadInputException("--seeds and --scenario exclude each other: a file is one scenario");
            if (result.GetValue(kills) is { } count)
            {
                if (result.GetValue(network) is not null) throw new BadInputException("--network is for simulated sessions: with --kills, processes use this machine's own");
                if (file is not null) throw new BadInputException("--kills and --scenario exclude each other: for a scenario over processes use 'mpc up --scenario'");
                return await KillCycles.RunAsync(count, range.First, isJson, output, error, cancellation);
            }

            var profile = BadInputException.Check(() => Hocon.Network(result.GetValue(network) ?? "lan"));
            return await RunAsync(file is null ? range : new(0, 0), file, profile, result.GetValue(verbose), isJson, output, error, cancellation);
        });
        return command;
    }

    static async Task<int> RunAsync(Seeds seeds, Scenario? file, LinkProfile network, bool isVerbose, bool isJson, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var explorer = await Explorer.PrepareAsync(network, cancellation);
        var explored = new ConcurrentBag<Explored>();
        var text = isJson ? error : output;
        await Parallel.ForEachAsync(seeds.All, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation }, async (seed, token) =>
        {
            var one = await explorer.ExploreAsync(seed, file ?? Scenario.FromSeed(seed, explorer.Undisturbed), token);
            explored.Add(one);
            if (!isVerbose && one.Outcome != "wrong") return;
            lock (explored) text.WriteLine($"seed {one.Seed}: {one.Outcome}{(one.Cause.Length > 0 ? ": " : "")}{one.Cause}\n  {one.Scenario}");
        });

        Explored[] wrong = [.. explored.Where(one => one.Outcome == "wrong").OrderBy(one => one.Seed)];
        var (same, stopped) = (explored.Count(one => one.Outcome == "same"), explored.Count(one => one.Outcome == "stopped"));
        var virtualTime = explored.Aggregate(TimeSpan.Zero, (sum, one) => sum + one.VirtualTime);
        text.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{explored.Count} scenarios: {same} with the same result, {stopped} stopped with a cause and resumed to it, {wrong.Length} wrong; {explored.Count / watch.Elapsed.TotalMinutes:0} a minute; {explored.Sum(one => one.Faults)} faults in {virtualTime.TotalHours:0.00} h of virtual time"));
        foreach (var one in wrong.Take(5)) text.WriteLine($"again: mpc explore --seeds {one.Seed} --network {network.Name} --verbose");
        if (isJson)
        {
            output.WriteLine(new ExploreReport
            {
                Command = Name, Seed = seeds.First, ElapsedSeconds = watch.Elapsed.TotalSeconds, Scenarios = explored.Count, Same = same, Stopped = stopped, Wrong = wrong,
                Faults = explored.Sum(one => one.Faults), VirtualSeconds = virtualTime.TotalSeconds,
            }.ToJson());
        }

        return (int)(wrong.Length == 0 ? ExitCode.Done : ExitCode.RunFailed);
    }

    sealed record ExploreReport : Report
    {
        public required int Scenarios { get; init; }

        public required int Same { get; init; }

        public required int Stopped { get; init; }

        public required int Faults { get; init; }

        public required double VirtualSeconds { get; init; }

        public required IReadOnlyList<Explored> Wrong { get; init; }
    }
}
