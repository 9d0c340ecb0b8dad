using MpcActors.Protocols.Hybrid;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests.Hybrid;

public sealed class PriFftSuiteTests
{
    const double Epsilon = 1e-5;

    static readonly PriFftSuite Suite = new();
    static readonly FusedSuite InRounds = new();

    static readonly double[] X = [.. Enumerable.Range(0, 800).Select(i => FixedPoint.Decode(FixedPoint.Encode(0.25 + i * 0.01)))];
    static readonly Shape Rows = new(8, 100);

    public static TheoryData<string> Operations => [.. Table.Keys];

    /// <summary>Of 800 numbers with 32 fraction bits, as they come out of a product: what an operation costs, and the same operation with comparisons in rounds.</summary>
    static readonly Dictionary<string, (Func<Party, Share, ValueTask<Share>> ByKeys, Func<Party, Share, ValueTask<Share>> InRounds, Func<double, double> Clear, Cost Cost, int FractionBits)> Table = new()
    {
        ["relu"] = (Suite.Relu, InRounds.Relu, x => Math.Max(x, 0), Rectification.CostOf(X.Length, truncates: true, byKeys: true), 16),
        ["tanh"] = (Suite.Tanh, InRounds.Tanh, Math.Tanh, KeyLogistic.CostOf(X.Length) + Truncated, 16),
        ["gelu"] = (Suite.Gelu, InRounds.Gelu, Clear.Gelu, Gelu.CostOf(X.Length, byKeys: true) + Truncated, 16),
        ["reciprocal"] = ((party, x) => Suite.Reciprocal(party, x, 0.25, 9, 20), (party, x) => InRounds.Reciprocal(party, x, 0.25, 9, 20), x => 1 / x,
            KeyReciprocal.CostOf(X.Length, 0.25, 9) + Truncated, 20),
        ["inverse square root"] = ((party, x) => Suite.InverseSquareRoot(party, x, 20), (party, x) => InRounds.InverseSquareRoot(party, x, 20), x => 1 / Math.Sqrt(x),
            InverseSquareRoot.CostOf(X.Length, 32, 20, byKeys: true), 20),
        ["at least"] = ((party, x) => Suite.AtLeast(party, x, 2), (party, x) => InRounds.AtLeast(party, x, 2), x => Math.Max(x, 2),
            Cost.Masking(X.Length) + Clamping.CostOfAtLeast(X.Length, byKeys: true), 32),
        ["normalize"] = (OfRows((party, x) => Suite.Normalize(party, x, Epsilon)), OfRows((party, x) => InRounds.Normalize(party, x, Epsilon)), _ => double.NaN,
            LayerNormalisation.CostOf(Rows, Epsilon, byKeys: true), 16),
        ["softmax"] = ((party, x) => Suite.Softmax(party, x, Starts), (party, x) => InRounds.Softmax(party, x, Starts), _ => double.NaN, BoundedSoftmax.CostOf(Starts), 16),
    };

    static Cost Truncated => Cost.Masking(X.Length) + Truncation.CostOf(X.Length);

    static int[] Starts => [.. Enumerable.Range(0, Rows.Rows + 1).Select(row => row * Rows.Columns)];

    static Func<Party, Share, ValueTask<Share>> OfRows(Func<Party, Share, ValueTask<Share>> program) => (party, x) => program(party, x.Reshape(Rows));

    [Theory, MemberData(nameof(Operations))]
    public void An_operation_by_keys_is_the_one_in_rounds_with_fewer_rounds_and_bytes_and_costs_what_it_declares(string operation)
    {
        var (byKeys, inRounds, clear, cost, fractionBits) = Table[operation];
        var run = TwoParty.Run(Seed.FromNumber(1), [TwoParty.Encode(X, 32)], async (party, inputs) => [await byKeys(party, inputs[0])]);
        var other = TwoParty.Run(Seed.FromNumber(2), [TwoParty.Encode(X, 32)], async (party, inputs) => [await inRounds(party, inputs[0])]);

        Assert.Equal(fractionBits, run.Zero[0].FractionBits);
        for (var i = 0; i < X.Length; i++)
        {
            Assert.Equal(other.Decoded[i], run.Decoded[i], 5e-4);
            if (!double.IsNaN(clear(X[i]))) Assert.Equal(clear(X[i]), run.Decoded[i], 3e-4);
        }

        Assert.Equal(cost, run.Cost);
        Assert.Equal(run.Planned, run.Cost);
        Assert.True(run.Cost.Rounds < other.Cost.Rounds && run.Cost.SentBytes < other.Cost.SentBytes);
    }
}
