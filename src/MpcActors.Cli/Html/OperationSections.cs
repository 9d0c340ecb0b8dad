using System.Text.Json;

namespace MpcActors.Cli.Html;

/// <summary>Of plans, executed passes and steps: time by network, cost by phase, operation and layer.</summary>
static class OperationSections
{
    /// <summary>More bars than these cannot be read; the table has all.</summary>
    const int MostBars = 14;

    public static IEnumerable<Section> Of(RunFile run)
    {
        if (Networks(run) is { } networks) yield return networks;
        foreach (var (name, title) in new[] { ("byPhase", "By phase"), ("byOperation", "By operation"), ("byLayer", "By layer") })
            if (By(run.List(name), name, title) is { } section) yield return section;

        // An executed step has the operations within each phase. A phase's name may be anything, so it is no part of an address.
        var phases = run.List("byPhase").ToArray();
        for (var i = 0; i < phases.Length; i++)
            if (By(RunFile.ListOf(phases[i], "byOperation"), $"phase-{i + 1}", $"By operation, {RunFile.TextOf(phases[i], "phase")}") is { } section) yield return section;
    }

    /// <summary>Rounds, bytes and computation, each as time.</summary>
    static Section? Networks(RunFile run)
    {
        if (run.Number("rounds") is not { } rounds || Bytes(run) is not { } bytes || run.Members("seconds").ToArray() is not { Length: > 0 } seconds) return null;
        var costs = seconds.Where(network => network.Value.ValueKind == JsonValueKind.Number)
            .Select(network => new NetworkTime(network.Name, "", rounds, bytes, network.Value.GetDouble())).ToArray();
        return NetworkTime.Section("networks", "Time by network", run, costs);
    }

    static double? Bytes(RunFile run) => run.Root.TryGetProperty("online", out var online) ? RunFile.LargestOf(online, "sentBytesPerParty") : RunFile.LargestOf(run.Root, "sentBytesPerParty");

    static Section? By(IEnumerable<JsonElement> parts, string id, string title)
    {
        IReadOnlyList<object?>[] rows =
        [
            .. parts.Select(part => (IReadOnlyList<object?>)
            [
                RunFile.TextOf(part, "operation") ?? RunFile.TextOf(part, "phase"), RunFile.NumberOf(part, "rounds"), RunFile.NumberOf(part, "sentBytes"),
                RunFile.NumberOf(part, "offlineBytes"), RunFile.NumberOf(part, "share"), RunFile.NumberOf(part, "processorSeconds"),
            ]),
        ];
        if (rows.Length == 0) return null;
        var largest = rows.Where(row => row[2] is > 0.0).OrderByDescending(row => (double)row[2]!).Take(MostBars).ToArray();
        var chart = largest.Length < 2 ? null : new Chart(
            "bars", $"{largest[0][0]} sends most.", new(""), new("sent by each party", "bytes"),
            [.. largest.Select(row => (string?)row[0] ?? "")], [new("sent by each party", [.. largest.Select(row => (double?)row[2])], [])]);
        Column[] columns = [new(title[3..]), new("rounds"), new("sent by each party", "bytes"), new("dealt beforehand", "bytes"), new("share of what is sent", "share"), new("processor time", "seconds")];
        return new(id, title, "", chart, new DataTable(title, 1, columns, rows).WithoutEmptyColumns());
    }
}
