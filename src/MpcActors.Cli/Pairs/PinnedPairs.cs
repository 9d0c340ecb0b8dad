using System.Globalization;
using MpcActors.Actors;
using MpcActors.Network;
using MpcActors.Protocols;

namespace MpcActors.Cli;

/// <summary>A tuning by processes of this machine over party pairs that have one core each: what another pair gains where it has a machine of its own.</summary>
static class PinnedPairs
{
    const int FirstPort = 7100;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Processes can be kept to a core, and there is one for each of so many pairs.</summary>
    public static bool CanRun(int pairs) => OperatingSystem.IsLinux() && RoleProcess.CanPin && Cores().Count >= pairs;

    /// <param name="session">Lines of mpc.session.</param>
    /// <param name="warmUps">Populations before the timed ones: with one core to compile and to compute, a process takes some dozens to be as fast as it will be.</param>
    /// <param name="populations">Timed.</param>
    /// <returns>The median of what a population's passes took, by the data owner's clock, and the losses.</returns>
    public static async Task<(double Seconds, IReadOnlyList<double> Losses)> RunAsync(int pairs, string session, int population, int warmUps, int populations, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("mpc-pairs-").FullName;
        try
        {
            var files = FilesOf(folder, pairs, $"{session}, population = {population}, queries = {(warmUps + populations) * population}");
            var common = new CommonSettings(false, files[0].Session.Tuning.Seed, folder, LinkProfile.Lan, Work.Measured);
            var output = new Output(TextWriter.Null, TextWriter.Null, IsJson: true);
            var job = await NodeJob.PrepareAsync(files[0], common, new Progress<string>(), cancellation);
            var cores = Cores();
            RoleProcess[] children =
            [
                .. files.SelectMany((file, pair) => Enum.GetValues<Role>().Where(role => role != Role.DataOwner)
                    .Select(role => RoleProcess.Of(role, new NodeRun("", file, common with { Out = Path.Combine(folder, $"{pair}") }, Checkpoint.None) { Core = cores[pair] }, output))),
            ];
            try
            {
                var times = new List<double>();
                var (result, _) = await PairedTuning.RunOnNodesAsync(
                    job.Candidate, job.Texts, files[0].Session.Tuning, [.. files.Select(file => file.SettingsOf(Role.DataOwner, _ => { }))], files[0].SecretsOf(Role.DataOwner), Checkpoint.None,
                    _ => { }, cancellation, (prompts, took) =>
                    {
                        if (prompts == population) times.Add(took.TotalSeconds);
                    });
                await Task.WhenAll(children.Select(child => child.Ended)).WaitAsync(Patience, cancellation);
                return (times[warmUps..].Median(), result.Losses);
            }
            finally
            {
                foreach (var child in children) child.Dispose();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Those that this process may use, which need not begin with 0: in a container they may be any.</summary>
    static List<int> Cores()
    {
        const string Key = "Cpus_allowed_list:";
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Key, StringComparison.Ordinal));
        return [.. line[Key.Length..].Trim().Split(',').SelectMany(range =>
        {
            var ends = Array.ConvertAll(range.Split('-'), end => int.Parse(end, CultureInfo.InvariantCulture));
            return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
        })];
    }

    static NodeFile[] FilesOf(string folder, int pairs, string session)
    {
        CertsCommand.Make(folder, FirstPort, pairs);
        return
        [
            .. Enumerable.Range(1, pairs).Select(pair =>
            {
                var path = Path.Combine(folder, CertsCommand.ConfigOf(pair));
                using var ends = new LocalEnds(LocalEnds.Loopback, Enum.GetValues<Role>());
                File.AppendAllText(path, $"\nmpc.session {{\n{session}\n}}\n{ends.SettingsFor(Role.DataOwner)}");
                return NodeFile.Read(path);
            }),
        ];
    }
}
