using System.Globalization;
using Akka.Configuration;
using MpcActors.Actors;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Cli;

/// <summary>One thing that goes wrong: at a frame of a link (lose, duplicate, reorder, truncate, alter, kill) or for a time (cut, slow, pause).</summary>
/// <param name="Frame">Of the link, from 0.</param>
/// <param name="At">Since the session began, in virtual time.</param>
sealed record Mishap(string Kind, Role From, Role To, uint Frame, TimeSpan At, TimeSpan For, int Factor)
{
    public static string[] OfFrames { get; } = [.. Enum.GetValues<FaultKind>().Select(Name)];

    public static string[] OfTimes { get; } = ["cut", "slow", "pause"];

    public static string Name(FaultKind kind) => kind.ToString().ToLowerInvariant();

    public override string ToString() => Kind switch
    {
        "pause" => string.Create(CultureInfo.InvariantCulture, $"kind = pause, role = {From.Name()}, at = {At.TotalMilliseconds:0.###}ms, for = {For.TotalMilliseconds:0.###}ms"),
        "cut" => string.Create(CultureInfo.InvariantCulture, $"kind = cut, from = {From.Name()}, to = {To.Name()}, at = {At.TotalMilliseconds:0.###}ms, for = {For.TotalMilliseconds:0.###}ms"),
        "slow" => string.Create(CultureInfo.InvariantCulture, $"kind = slow, from = {From.Name()}, to = {To.Name()}, at = {At.TotalMilliseconds:0.###}ms, for = {For.TotalMilliseconds:0.###}ms, factor = {Factor}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"kind = {Kind}, from = {From.Name()}, to = {To.Name()}, frame = {Frame}"),
    };
}

/// <summary>What goes wrong in one session: made from a seed, or written in a HOCON file.</summary>
sealed record Scenario(IReadOnlyList<Mishap> Mishaps)
{
    const int MostMishaps = 3, MostFactor = 50;

    /// <summary>Every seed has its own scenario, on the links that a session uses and within its time.</summary>
    public static Scenario FromSeed(ulong seed, Run undisturbed)
    {
        var words = new ulong[8 * MostMishaps + 1];
        new Prg(Seed.FromNumber(seed).Derive("scenario")).Fill(words, 0);
        var at = 0;
        string[] kinds = [.. Mishap.OfFrames, .. Mishap.OfTimes];
        return new([.. Enumerable.Range(0, 1 + Below(MostMishaps)).Select(_ =>
        {
            var (kind, traffic) = (kinds[Below(kinds.Length)], undisturbed.Traffic[Below(undisturbed.Traffic.Count)]);
            var (from, to) = ((Role)traffic.Link.From, (Role)traffic.Link.To);
            var frame = (uint)Below((int)(traffic.OnlineFrames + traffic.OfflineFrames));
            var begins = TimeSpan.FromMicroseconds(Below((int)undisturbed.Elapsed.TotalMicroseconds + 1));
            // Mostly short beside the session, sometimes longer than all of it.
            var lasts = TimeSpan.FromMicroseconds(1 + Below((int)undisturbed.Elapsed.TotalMicroseconds / (Below(4) == 0 ? 1 : 20) + 1));
            return new Mishap(kind, from, to, frame, begins, lasts, 2 + Below(MostFactor));
        })]);

        int Below(int end) => (int)(words[at++ % words.Length] % (ulong)end);
    }

    /// <summary>From mpc.scenario: sections of any name, a mishap each.</summary>
    /// <exception cref="BadInputException">The file is no scenario.</exception>
    public static Scenario Read(string file)
    {
        var config = BadInputException.Check(() => Hocon.Load(file));
        if (!config.HasPath("mpc.scenario") || !config.GetValue("mpc.scenario").IsObject()) throw new BadInputException($"'{file}' has no section mpc.scenario");
        return new([.. config.GetConfig("mpc.scenario").AsEnumerable().Select(entry => entry.Key).Order(StringComparer.Ordinal).Select(name => ReadMishap(config, file, $"mpc.scenario.{name}"))]);
    }

    public (FaultPlan Faults, NetworkConditions Network) On(NetworkConditions network)
    {
        var faults = new List<FrameFault>();
        foreach (var mishap in Mishaps)
        {
            var link = new Link((int)mishap.From, (int)mishap.To);
            switch (mishap.Kind)
            {
                case "cut":
                    network = network.Cut(link, mishap.At, mishap.At + mishap.For);
                    break;
                case "slow":
                    network = network.SlowDown(link, mishap.Factor, mishap.At, mishap.At + mishap.For);
                    break;
                case "pause":
                    // What others see of a process that stands still: nothing leaves it.
                    foreach (var other in Enum.GetValues<Role>().Where(other => other != mishap.From))
                        network = network.Cut(new((int)mishap.From, (int)other), mishap.At, mishap.At + mishap.For);
                    break;
                default:
                    faults.Add(new(Enum.Parse<FaultKind>(mishap.Kind, ignoreCase: true), mishap.From, mishap.To, mishap.Frame));
                    break;
            }
        }

        return (new FaultPlan([.. faults]), network);
    }

    /// <summary>As <see cref="Read"/> reads it.</summary>
    public override string ToString() => $"mpc.scenario {{ {string.Join(", ", Mishaps.Select((mishap, i) => $"m{i + 1} = {{ {mishap} }}"))} }}";

    static Mishap ReadMishap(Config config, string file, string path)
    {
        var section = Section.Of(config, file, path, "kind", "role", "from", "to", "frame", "at", "for", "factor");
        string[] kinds = [.. Mishap.OfFrames, .. Mishap.OfTimes];
        var kind = section.Choice("kind", "", kinds);
        if (kind == "pause") return new(kind, NodeFile.RoleOf(section.Text("role")), default, 0, section.Time("at", TimeSpan.FromTicks(1)), section.Time("for", TimeSpan.FromSeconds(1)), 0);
        var (from, to) = (NodeFile.RoleOf(section.Text("from")), NodeFile.RoleOf(section.Text("to")));
        if (from == to) throw section.Bad("to", $"another role than {from.Name()}");
        return Mishap.OfFrames.Contains(kind)
            ? new(kind, from, to, (uint)section.Count("frame", 0, 0, int.MaxValue), default, default, 0)
            : new(kind, from, to, 0, section.Time("at", TimeSpan.FromTicks(1)), section.Time("for", TimeSpan.FromSeconds(1)), section.Count("factor", 10, 1, 1000));
    }
}
