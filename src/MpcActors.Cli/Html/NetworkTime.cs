using MpcActors.Actors;

namespace MpcActors.Cli.Html;

/// <summary>Online time on a network, taken apart: rounds times latency, bits over bandwidth, and the rest, which is computation.</summary>
/// <param name="Of">What takes it: an attention; empty where a page has one only.</param>
sealed record NetworkTime(string Network, string Of, double Rounds, double Bytes, double Seconds)
{
    /// <summary>Null for a network that neither comes with the program nor is told in the run.</summary>
    public static (double Latency, double BitsPerSecond)? Figures(RunFile run, string network)
    {
        foreach (var told in run.List("networks"))
        {
            if (RunFile.TextOf(told, "name") == network && RunFile.NumberOf(told, "latencySeconds") is { } latency && RunFile.NumberOf(told, "bitsPerSecond") is { } bits) return (latency, bits);
        }

        if (!Hocon.Networks.Contains(network)) return null;
        var profile = Hocon.Network(network);
        return (profile.Latency.TotalSeconds, profile.BitsPerSecond);
    }

    public static Section Section(string id, string title, RunFile run, IReadOnlyList<NetworkTime> times)
    {
        var parts = times.Select(time => (Time: time, Parts: time.Divide(run))).ToArray();
        var known = parts.Where(part => part.Parts is not null).ToArray();
        var chart = known.Length == 0 ? null : new Chart(
            "stack",
            string.Join("; ", known.Select(part => $"{part.Time.Name}: {Words.Seconds(part.Time.Seconds)}")) + ".",
            new(""), new("seconds online", "seconds"), [.. known.Select(part => part.Time.Name)],
            [
                new("computation", [.. known.Select(part => (double?)part.Parts!.Value.Computation)], []),
                new("latency", [.. known.Select(part => (double?)part.Parts!.Value.Latency)], []),
                new("bandwidth", [.. known.Select(part => (double?)part.Parts!.Value.Bandwidth)], []),
            ]);
        return new(id, title, "Rounds times latency, bits over bandwidth, and the computation in between.", chart, new DataTable(
            title, 2,
            [new("of"), new("network"), new("rounds"), new("sent by each party", "bytes"), new("computation", "seconds"), new("latency", "seconds"), new("bandwidth", "seconds"), new("seconds", "seconds")],
            [.. parts.Select(part => (IReadOnlyList<object?>)[part.Time.Of, part.Time.Network, part.Time.Rounds, part.Time.Bytes, part.Parts?.Computation, part.Parts?.Latency, part.Parts?.Bandwidth, part.Time.Seconds])]));
    }

    string Name => Of.Length > 0 ? $"{Of}, {Network}" : Network;

    /// <summary>Bits that travel while a party computes are counted as computation.</summary>
    (double Computation, double Latency, double Bandwidth)? Divide(RunFile run)
    {
        if (Figures(run, Network) is not { } figures) return null;
        var latency = Math.Min(Seconds, Rounds * figures.Latency);
        var bandwidth = Math.Min(Seconds - latency, 8 * Bytes / figures.BitsPerSecond);
        return (Seconds - latency - bandwidth, latency, bandwidth);
    }
}
