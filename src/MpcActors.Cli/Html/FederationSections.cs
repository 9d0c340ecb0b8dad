using System.Text.Json;

namespace MpcActors.Cli.Html;

/// <summary>Of <c>federate</c>, or of a federation's server in <c>up</c>: accuracy by round beside the clear twin, and what a step, joining and adding up cost.</summary>
static class FederationSections
{
    public static bool IsOf(RunFile run) => run.Members("aggregation").Any();

    public static IEnumerable<Section> Of(RunFile run)
    {
        JsonElement[] rounds = [.. run.List("perRound")];
        var isOfPairs = run.Number("pairs") > 1;
        Column[] more = isOfPairs ? [new("with one pair", "seconds")] : [];
        object?[] OfOnePair(JsonElement round) => isOfPairs ? [RunFile.NumberOf(round, "secondsOfOnePair")] : [];
        if (rounds.Any(round => RunFile.NumberOf(round, "private") is not null))
        {
            Series Line(string name, string key) => new(name, [], [.. rounds.Select(round => new[] { RunFile.NumberOf(round, "round") ?? 0, RunFile.NumberOf(round, key) ?? 0 })]);
            yield return new(
                "rounds", "Accuracy by round", "", new("lines", "Federated averaging in the clear and on shares.", new("round"), new("accuracy", "share"), [], [Line("in the clear", "clear"), Line("on shares", "private")]),
                new DataTable(
                    "Rounds", 1, [new("round"), new("in the clear", "share"), new("on shares", "share"), new("seconds", "seconds"), .. more],
                    [.. rounds.Select(round => (IReadOnlyList<object?>)[RunFile.NumberOf(round, "round"), RunFile.NumberOf(round, "clear"), RunFile.NumberOf(round, "private"), RunFile.NumberOf(round, "seconds"), .. OfOnePair(round)])]));
        }

        else if (rounds.Length > 0)
        {
            yield return new(
                "rounds", "Rounds", "Accuracy is the model owner's alone to know.", null,
                new DataTable(
                    "Rounds", 1, [new("round"), new("clients counted"), new("left out"), new("seconds", "seconds"), .. more],
                    [.. rounds.Select(round => (IReadOnlyList<object?>)[RunFile.NumberOf(round, "round"), RunFile.ListOf(round, "counted").Count(), round.GetProperty("leftOut").EnumerateObject().Count(), RunFile.NumberOf(round, "seconds"), .. OfOnePair(round)])]));
        }

        (string Name, string Key)[] parts = [("a local step", "step"), ("joining", "join"), ("adding up", "aggregation")];
        yield return new(
            "cost", "Cost", "Online, and the keys that the dealer sends beforehand.", null,
            new DataTable(
                "Cost", 1, [new("part"), new("rounds"), new("sent by each party", "bytes"), new("keys", "bytes"), new("seconds", "seconds")],
                [
                    .. parts.Where(part => run.Members(part.Key).Any()).Select(part => (IReadOnlyList<object?>)
                        [part.Name, run.Number(part.Key, "rounds"), RunFile.LargestOf(run.Root.GetProperty(part.Key), "sentBytesPerParty"), run.Number(part.Key, "keyBytes"), run.Number(part.Key, "seconds")]),
                ]));
    }
}
