using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Cli;

/// <summary>Kills roles of a deployment of real processes at random moments of its tuning, again and again, and resumes: it has to end in the result of the undisturbed simulation, and leave no process behind.</summary>
static class KillCycles
{
    /// <summary>The longest that a session lives before a role is killed.</summary>
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    const int QueriesAKill = 20, MostQueries = 400;

    /// <param name="seed">Fixes which role is killed, and when.</param>
    public static async Task<int> RunAsync(int kills, ulong seed, bool isJson, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var folder = Directory.CreateTempSubdirectory("mpc-kills-").FullName;
        try
        {
            var report = await RunAsync(folder, kills, seed, isJson ? error : output, error, cancellation);
            if (isJson) output.WriteLine((report with { ElapsedSeconds = watch.Elapsed.TotalSeconds }).ToJson());
            return (int)(report is { Wrong: 0, LeftBehind: 0 } ? ExitCode.Done : ExitCode.RunFailed);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static async Task<KillReport> RunAsync(string folder, int kills, ulong seed, TextWriter text, TextWriter error, CancellationToken cancellation)
    {
        var roles = Enum.GetValues<Role>();
        CertsCommand.Make(folder, 7100);
        var config = Path.Combine(folder, "node.hocon");
        using var ends = new LocalEnds(LocalEnds.Loopback, roles);
        File.AppendAllText(config, string.Create(CultureInfo.InvariantCulture, $$"""

            mpc.session {
              task = tiny, model = tiny, attention = uniform, prompt = shift, prompt-rows = 2
              queries = {{Math.Min(QueriesAKill * kills, MostQueries)}}, population = 4, latent-dimension = 6, shots = 1, test-texts = 2
            }
            {{ends.SettingsFor(Role.DataOwner)}}
            """));

        // What the processes say is kept for when something goes wrong.
        var said = new StringWriter();
        var output = new Output(said, said, false);
        var words = new ulong[2 * kills];
        new Prg(Seed.FromNumber(seed).Derive("kills")).Fill(words, 0);
        var (done, sessions, wrong, left) = (0, 0, 0, 0);
        var byRole = roles.ToDictionary(role => role.Name(), _ => 0);
        byte[]? expected = null;
        var isOver = true;
        while (done < kills || !isOver)
        {
            // Once it has come to its end, it begins anew; after the last kill it may come to its end.
            if (isOver) sessions++;
            var settings = SettingsOf(config, Path.Combine(folder, $"session-{sessions}"), resume: !isOver);
            expected ??= await TrialRun.SimulateAsync(settings, output, cancellation);
            var scenario = new Scenario(done == kills ? [] : [new Mishap(
                Mishap.Kill, roles[words[2 * done] % (ulong)roles.Length], null, null, Longest * (words[2 * done + 1] / (double)ulong.MaxValue), default, 0)]);
            var isKilled = false;
            said.GetStringBuilder().Clear();
            var code = await UpCommand.RunAsync(settings, [], output, async processes => isKilled = await TrialRun.DisturbAsync(processes, scenario, cancellation) > 0, cancellation);
            left += LeftBehind(settings.Common.Out);
            isOver = code == 0;
            if (isKilled)
            {
                done++;
                var victim = scenario.Mishaps[0].From.Name();
                byRole[victim]++;
                text.WriteLine($"{done} of {kills}: {victim} killed{(isOver ? ", too late to matter" : $"; {TrialRun.CauseOf(settings.Common.Out)}")}");
            }

            if ((isOver && !expected.AsSpan().SequenceEqual(TrialRun.ResultOf(settings))) || (!isOver && !isKilled))
            {
                wrong++;
                error.WriteLine(said.ToString());
                text.WriteLine($"WRONG: {(isOver ? "another prompt" : "it ended although nobody was killed")} in session {sessions}");
                isOver = true;
            }
        }

        text.WriteLine($"{done} kills ({string.Join(", ", byRole.Select(role => $"{role.Key} {role.Value}"))}) in {sessions} sessions: {wrong} wrong, {left} processes left behind");
        return new() { Command = "explore", Seed = seed, Kills = done, ByRole = byRole, Sessions = sessions, Wrong = wrong, LeftBehind = left };
    }

    static NodeRun SettingsOf(string config, string folder, bool resume)
    {
        var file = NodeFile.Read(config);
        return new("explore", file, new(false, file.Session.Tuning.Seed, folder, LinkProfile.Lan, Actors.Work.Measured), new(Path.Combine(folder, "owner.checkpoint"), resume));
    }

    static int LeftBehind(string folder)
    {
        var ids = JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(Path.Combine(folder, "processes.json")))!.Values;
        return ids.Count(id =>
        {
            try
            {
                using var process = Process.GetProcessById(id);
                return !process.HasExited;
            }
            catch (ArgumentException)
            {
                return false;
            }
        });
    }

    sealed record KillReport : Report
    {
        public required int Kills { get; init; }

        public required IReadOnlyDictionary<string, int> ByRole { get; init; }

        public required int Sessions { get; init; }

        public required int Wrong { get; init; }

        public required int LeftBehind { get; init; }
    }
}
