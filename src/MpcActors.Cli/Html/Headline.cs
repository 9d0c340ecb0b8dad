using System.Text.Json;

namespace MpcActors.Cli.Html;

/// <summary>What was asked, and the answer in a sentence.</summary>
sealed record Headline(string Question, string Answer)
{
    public static Headline Of(RunFile run) => run.Command switch
    {
        "federate" or "up" or "node" when FederationSections.IsOf(run) => run.Members("accuracy").Any() ? OfFederation(run) : OfServedFederation(run),
        "tune" or "up" or "node" when run.Members("training").Any() => OfGradients(run),
        "demo" or "tune" or "up" or "node" => OfTuning(run),
        "adapt" => OfAdaptation(run),
        "cost" => OfCost(run),
        "bench layer" or "bench model" => OfExecution(run),
        _ when run.Command.StartsWith("experiment ", StringComparison.Ordinal) => OfExperiment(run),
        _ => new($"mpc {run.Command}", $"Took {Words.Seconds(run.Number("elapsedSeconds") ?? 0)}."),
    };

    static Headline OfTuning(RunFile run)
    {
        var answer = string.Join(" ", run.Members("accuracy", "private").Select(kind =>
        {
            var (tuned, zero) = (kind.Value.GetDouble(), run.Number("accuracy", "zeroShotOf", kind.Name) ?? 0);
            var online = run.List("attention").Where(cost => RunFile.TextOf(cost, "kind") == kind.Name).Select(cost => $"{Words.Seconds(RunFile.NumberOf(cost, "seconds") ?? 0)} on {RunFile.TextOf(cost, "network")}");
            return $"With {kind.Name}, {Words.Share(tuned)} of the test texts are right after private tuning, {Words.Share(zero)} before; a {TuningSections.UnitOf(run)} takes {string.Join(", ", online)}.";
        }));
        if (answer.Length == 0) answer = string.Join(" ", run.Members("accuracy", "clear").Select(kind => $"With {kind.Name}, tuned in the clear, {Words.Share(kind.Value.GetDouble())} of the test texts are right."));
        if (run.Number("agreement") is { } agreement) answer += $" Shares and clear give the same label for {Words.Share(agreement)} of them.";
        return new($"What does private tuning of {run.Text("model")} on {run.Text("task")} reach, and what does it cost?", answer);
    }

    static Headline OfCost(RunFile run) => new(
        $"What will {run.Number("passes"):0} pass(es) of {run.Text("model")} cost, {run.Number("tokens"):0} tokens, {run.Text("attention")} attention, {run.Text("suite")} protocols?",
        $"{Words.Of(run.Number("rounds"), "")} rounds and {Words.Bytes(run.Number("online", "cryptenBytes") ?? 0)} sent and received by each party: {string.Join(", ", Networks(run))}.");

    static Headline OfGradients(RunFile run)
    {
        double Tuned(string where) => run.Members("accuracy", where).Select(kind => kind.Value.GetDouble()).FirstOrDefault(double.NaN);
        var steps = run.List("attention").Select(cost => $"{Words.Seconds(RunFile.NumberOf(cost, "seconds") ?? 0)} on {RunFile.TextOf(cost, "network")}").ToArray();
        var answer = run.Members("accuracy", "private").Any()
            ? $"{Words.Share(Tuned("private"))} of the test texts are right after training on shares{(run.Members("accuracy", "clear").Any() ? $", {Words.Share(Tuned("clear"))} after the same training in the clear" : "")}; a {TuningSections.UnitOf(run)} takes {string.Join(", ", steps)}."
            : $"{Words.Share(Tuned("clear"))} of the test texts are right after training in the clear.";
        return new($"What does private training of {run.Text("model")} by gradients ({run.TextAt("training", "method")}) on {run.Text("task")} reach, and what does it cost?", answer);
    }

    static Headline OfAdaptation(RunFile run)
    {
        double? Distance(string model) => run.Number("heldOut", model, "distance");
        var others = new[] { ("before", "before"), ("with the shipped weights", "shipped") }.Where(other => Distance(other.Item2) is not null).Select(other => $"{Words.Of(Distance(other.Item2), "")} {other.Item1}");
        return new(
            $"How close does {run.Text("model")} with {run.Text("attention")} attention come to the softmax model?",
            $"On text that was held out, embeddings differ by {Words.Of(Distance("adapted"), "")} (1 − cosine) on average; {string.Join(", ", others)}.");
    }

    /// <summary>Of a pass, or of a step, whose parts each have their processor time.</summary>
    static Headline OfExecution(RunFile run) => new(
        $"What does {run.Text("model")}, {run.Number("layers"):0} layer(s), {run.Number("tokens"):0} tokens, {run.Text("attention")} attention, {run.Text("suite")} protocols cost on shares{(run.Text("method") is { } method ? $", in a step of {method}" : "")}?",
        $"{Words.Seconds(run.Number("cpuSeconds") ?? run.List("byPhase").Sum(phase => RunFile.NumberOf(phase, "processorSeconds") ?? 0))} of processor time of all computing roles, {Words.Bytes(2 * (RunFile.LargestOf(run.Root, "sentBytesPerParty") ?? 0))} sent and received by each party; online {string.Join(", ", Networks(run))}. "
        + $"The largest error is {Words.Of(run.Number("maxError"), "")}.");

    static Headline OfFederation(RunFile run) => new(
        $"How accurate is private federated training of {run.Text("model")} on {run.Text("task")} with {run.Number("clients"):0} clients?",
        $"{Words.Share(run.Number("accuracy", "private") ?? 0)} of the test texts are right after {run.Number("rounds"):0} rounds on shares, {Words.Share(run.Number("accuracy", "clear") ?? 0)} with federated averaging in the clear.");

    static Headline OfServedFederation(RunFile run) => new(
        $"What did federated training of {run.Text("model")} on {run.Text("task")} by {run.Number("clients"):0} clients, each a process of its own, take?",
        $"{run.Number("rounds"):0} rounds; a local step took {Words.Seconds(run.Number("step", "seconds") ?? 0)}. What it reached is the model owner's to know.");

    static Headline OfExperiment(RunFile run)
    {
        var differences = run.List("rows").Select(row => RunFile.NumberOf(row, "difference")).OfType<double>().ToArray();
        var answer = differences.Length == 0
            ? $"{run.List("rows").Count()} figures."
            : $"{differences.Count(difference => difference < 0)} of {differences.Length} figures are below the paper's, {differences.Count(difference => Math.Abs(difference) <= 0.1)} within a tenth of them.";
        return new($"mpc {run.Command}: what comes out{(differences.Length == 0 ? "" : ", beside the paper")}?", answer);
    }

    static IEnumerable<string> Networks(RunFile run) =>
        run.Members("seconds").Where(network => network.Value.ValueKind == JsonValueKind.Number).Select(network => $"{Words.Seconds(network.Value.GetDouble())} on {network.Name}");
}
