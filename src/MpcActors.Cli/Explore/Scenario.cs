using System.Diagnostics;
using MpcActors.Actors;
using MpcActors.Actors.Nodes;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Cli;

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
        return new([.. Enumerable.Range(0, 1 + Below(MostMishaps)).Select(_ =>
        {
            var (kind, traffic) = (Mishap.Kinds[Below(Mishap.Kinds.Length)], undisturbed.Traffic[Below(undisturbed.Traffic.Count)]);
            var (from, to) = ((Role)traffic.Link.From, (Role)traffic.Link.To);
            var frame = (uint)Below((int)(traffic.OnlineFrames + traffic.OfflineFrames));
            var begins = TimeSpan.FromMicroseconds(Below((int)undisturbed.Elapsed.TotalMicroseconds + 1));
            // Mostly short beside the session, sometimes longer than all of it.
            var lasts = TimeSpan.FromMicroseconds(1 + Below((int)undisturbed.Elapsed.TotalMicroseconds / (Below(4) == 0 ? 1 : 20) + 1));
            var more = Below(2 * MostFactor);
            var isTimed = more % 2 == 0;
            return kind switch
            {
                Mishap.Pause => new Mishap(kind, from, null, null, begins, lasts, 0),
                Mishap.Jump => new Mishap(kind, from, null, null, begins, isTimed ? lasts * 1000 : -lasts * 1000, 0),
                Mishap.Cut or Mishap.Slow => new Mishap(kind, from, to, null, begins, lasts, 2 + more / 2),
                Mishap.Kill when isTimed => new Mishap(kind, from, null, null, begins, default, 0),
                _ => new Mishap(kind, from, to, isTimed ? null : frame, isTimed ? begins : default, default, 0),
            };
        })]);

        int Below(int end) => (int)(words[at++ % words.Length] % (ulong)end);
    }

    /// <summary>From mpc.scenario: sections of any name, a mishap each.</summary>
    /// <exception cref="BadInputException">The file is no scenario.</exception>
    public static Scenario Read(string file)
    {
        var config = BadInputException.Check(() => Hocon.Load(file));
        if (!config.HasPath("mpc.scenario") || !config.GetValue("mpc.scenario").IsObject()) throw new BadInputException($"'{file}' has no section mpc.scenario");
        string[] names = [.. config.GetConfig("mpc.scenario").AsEnumerable().Select(entry => entry.Key).Order(StringComparer.Ordinal)];
        if (names.Length == 0) throw new BadInputException($"'{file}' has nothing in mpc.scenario; say what goes wrong, such as: a {{ kind = kill, from = dealer, to = party-1, frame = 7 }}");
        return new([.. names.Select(name => Mishap.Read(config, file, $"mpc.scenario.{name}"))]);
    }

    /// <summary>What happens to frames, of one sender or of all.</summary>
    public FaultPlan FaultsOf(Role? sender = null)
    {
        Mishap[] faults = [.. Mishaps.Where(mishap => mishap.Fault is not null && (sender is null || mishap.From == sender))];
        return new([.. faults.Where(mishap => mishap.Frame is not null).Select(mishap => new FrameFault(mishap.Fault!.Value, mishap.From, mishap.To!.Value, mishap.Frame!.Value))])
        {
            Timed = [.. faults.Where(mishap => mishap.Frame is null).Select(mishap => new TimedFault(mishap.Fault!.Value, mishap.From, mishap.To, mishap.At))],
        };
    }

    /// <summary>A simulated network on which the scenario's links are cut and slowed down.</summary>
    public NetworkConditions On(NetworkConditions network)
    {
        foreach (var mishap in Mishaps)
        {
            var until = mishap.At + mishap.For;
            network = mishap.Kind switch
            {
                Mishap.Cut => network.Cut(new((int)mishap.From, (int)mishap.To!.Value), mishap.At, until),
                Mishap.Slow => network.SlowDown(new((int)mishap.From, (int)mishap.To!.Value), mishap.Factor, mishap.At, until),
                // What others see of a process that stands still: nothing leaves it.
                Mishap.Pause => Enum.GetValues<Role>().Where(other => other != mishap.From)
                    .Aggregate(network, (sofar, other) => sofar.Cut(new((int)mishap.From, (int)other), mishap.At, until)),
                _ => network,
            };
        }

        return network;
    }

    /// <summary>The same for a process: what goes wrong with what a role sends. Pauses and deaths of processes are their parent's to bring about.</summary>
    public NodeTrouble TroubleOf(Role role) => new(
        new Scenario([.. Mishaps.Where(mishap => !mishap.IsOfProcess)]).FaultsOf(role),
        [.. Mishaps.Where(mishap => mishap.From == role && mishap.Kind is Mishap.Cut or Mishap.Slow)
            .Select(mishap => new SlowLink(mishap.To!.Value, mishap.At, mishap.For, mishap.Kind == Mishap.Cut ? 0 : mishap.Factor))],
        Process.GetCurrentProcess().Kill);

    /// <summary>The clock of a simulated data owner, the only role that looks at one.</summary>
    public JumpingClock OwnersClock() => new([.. Mishaps.Where(mishap => mishap is { Kind: Mishap.Jump, From: Role.DataOwner }).Select(mishap => (mishap.At, mishap.For))]);

    /// <summary>As <see cref="Read"/> reads it.</summary>
    public override string ToString() => $"mpc.scenario {{ {string.Join(", ", Mishaps.Select((mishap, i) => $"m{i + 1} = {{ {mishap} }}"))} }}";
}

/// <summary>A scenario and where it is written.</summary>
sealed record ScenarioFile(string Path, Scenario Scenario)
{
    /// <exception cref="BadInputException">The file is no scenario.</exception>
    public static ScenarioFile Read(string path) => new(path, Scenario.Read(path));
}
