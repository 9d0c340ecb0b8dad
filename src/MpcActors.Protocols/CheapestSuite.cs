using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>What one operation on one shape was planned to cost under each suite, and which was taken.</summary>
/// <param name="Operation">Such as "softmax".</param>
/// <param name="Rows">With <paramref name="Columns"/>, the shape of the values that it is applied to.</param>
/// <param name="Picked">Name of the suite.</param>
/// <param name="Seconds">Planned, online, by suite.</param>
/// <param name="DealtBytes">Beforehand, to both parties together, by suite.</param>
public sealed record SuiteChoice(string Operation, int Rows, int Columns, string Picked, IReadOnlyDictionary<string, double> Seconds, IReadOnlyDictionary<string, long> DealtBytes);

/// <summary>For each operation and shape the protocol of that suite which is cheapest there: every candidate is planned, with shapes alone, and the best is run.</summary>
/// <remarks>
/// A bit-sliced comparison has more rounds and next to no computation, one by keys is a single round and much computation: which is faster depends on the network. All seats decide alike, since a plan depends
/// on public shapes and on the price that all were given. Products and kept weights are those of the first candidate, so the others need to take its shares, and no weights of their own.
/// </remarks>
/// <param name="candidates">Equally accurate; the first wins where two cost the same.</param>
/// <param name="secondsOf">The price of what was planned; the same function at every seat.</param>
public sealed class CheapestSuite(IReadOnlyList<ISuite> candidates, Func<OperationCost, double> secondsOf) : ISuite
{
    readonly Dictionary<(string Operation, Shape Shape, int FractionBits, double, double), ISuite> _picked = [];
    readonly List<SuiteChoice> _choices = [];

    public string Name => "auto";

    /// <summary>In the order in which the operations first came up.</summary>
    public IReadOnlyList<SuiteChoice> Choices => _choices;

    public ValueTask<KeptWeights[]> Keep(Party party, params Share[] weights) => candidates[0].Keep(party, weights);

    public ValueTask<Share[]> Linear(Party party, Share x, params LinearMap[] maps) => candidates[0].Linear(party, x, maps);

    public ValueTask<Share> Relu(Party party, Share x) => Run("relu", party, x, (suite, at, value) => suite.Relu(at, value));

    public ValueTask<Share> Tanh(Party party, Share x) => Run("tanh", party, x, (suite, at, value) => suite.Tanh(at, value));

    public ValueTask<Share> Gelu(Party party, Share x) => Run("gelu", party, x, (suite, at, value) => suite.Gelu(at, value));

    /// <summary>Decided once for rows as many and as long on average.</summary>
    public ValueTask<Share> Softmax(Party party, Share scores, int[] rowStarts) =>
        Run("softmax", party, scores, (suite, at, value) => suite.Softmax(at, value, rowStarts), rowStarts.Length - 1);

    public ValueTask<Share> Normalize(Party party, Share rows, double epsilon) => Run("layer norm", party, rows, (suite, at, value) => suite.Normalize(at, value, epsilon), epsilon);

    public ValueTask<(Share Cosine, Share Sine)> CosineAndSineOfTurns(Party party, Share turns) =>
        Run("cosine and sine", party, turns, (suite, at, value) => suite.CosineAndSineOfTurns(at, value));

    public ValueTask<Share> Reciprocal(Party party, Share x, double low, double high, int fractionBits) =>
        Run($"reciprocal, {fractionBits} bits", party, x, (suite, at, value) => suite.Reciprocal(at, value, low, high, fractionBits), low, high);

    public ValueTask<Share> InverseSquareRoot(Party party, Share x, int fractionBits) =>
        Run($"inverse square root, {fractionBits} bits", party, x, (suite, at, value) => suite.InverseSquareRoot(at, value, fractionBits));

    public ValueTask<Share> AtLeast(Party party, Share x, double floor) => Run("at least", party, x, (suite, at, value) => suite.AtLeast(at, value, floor), floor);

    /// <param name="first">With <paramref name="second"/>, what else the cost may depend on.</param>
    ValueTask<T> Run<T>(string operation, Party party, Share x, Func<ISuite, Party, Share, ValueTask<T>> run, double first = 0, double second = 0)
    {
        var key = (operation, x.Shape, x.FractionBits, first, second);
        if (!_picked.TryGetValue(key, out var suite)) _picked[key] = suite = Pick(operation, x, run);
        return run(suite, party, x);
    }

    ISuite Pick<T>(string operation, Share x, Func<ISuite, Party, Share, ValueTask<T>> run)
    {
        var plans = candidates.Select(suite => (Suite: suite, Cost: Plan(suite, x, run))).Select(plan => (plan.Suite, plan.Cost, Seconds: secondsOf(plan.Cost))).ToArray();
        var best = plans.MinBy(plan => plan.Seconds).Suite;
        _choices.Add(new(
            operation, x.Shape.Rows, x.Shape.Columns, best.Name, plans.ToDictionary(plan => plan.Suite.Name, plan => plan.Seconds), plans.ToDictionary(plan => plan.Suite.Name, plan => plan.Cost.DealtBytes)));
        return best;
    }

    static OperationCost Plan<T>(ISuite suite, Share x, Func<ISuite, Party, Share, ValueTask<T>> run)
    {
        var port = new Port(Role.PartyZero, _ => { });
        var planned = run(suite, new Party(Seat.Planner, port), x with { Value = RingTensor.Hollow(x.Shape) });
        if (!planned.IsCompletedSuccessfully) throw new InvalidOperationException("an operation waited for a frame while it was planned");
        return port.Meter.Operations.Aggregate(new OperationCost(""), (sum, operation) => sum + operation);
    }
}
