using MpcActors.Protocols.Published;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests;

public sealed class CheapestSuiteTests
{
    static readonly double[] Values = [.. Enumerable.Range(0, 64).Select(i => i / 16.0 - 2)];

    static readonly ISuite[] Candidates = [new FusedSuite(), new PublishedSuite()];

    static double Rounds(OperationCost cost) => cost.Rounds;

    static double Bytes(OperationCost cost) => cost.SentBytes;

    /// <summary>Dearer than any run.</summary>
    static double Dealt(OperationCost cost) => cost.DealtBytes;

    public static TheoryData<string> Operations => [.. Table.Keys];

    static readonly Dictionary<string, Func<ISuite, Party, Share, ValueTask<Share>>> Table = new()
    {
        ["relu"] = (suite, party, x) => suite.Relu(party, x),
        ["tanh"] = (suite, party, x) => suite.Tanh(party, x),
        ["gelu"] = (suite, party, x) => suite.Gelu(party, x),
        ["softmax"] = (suite, party, x) => suite.Softmax(party, x, [0, 16, 32, 64]),
        ["layer norm"] = (suite, party, x) => suite.Normalize(party, x.Reshape(new Shape(4, 16)), 1e-5),
        ["cosine and sine"] = async (suite, party, x) => (await suite.CosineAndSineOfTurns(party, x)).Cosine,
        ["at least"] = (suite, party, x) => suite.AtLeast(party, x, 0.5),
    };

    [Theory, MemberData(nameof(Operations))]
    public void Costs_what_the_cheapest_candidate_costs(string operation)
    {
        foreach (var price in new Func<OperationCost, double>[] { Rounds, Bytes, Dealt })
        {
            var suites = new List<CheapestSuite>();
            var run = TwoParty.Run(Seed.FromNumber(1), Values, (party, x) =>
            {
                var suite = new CheapestSuite(Candidates, price);
                suites.Add(suite);
                return Table[operation](suite, party, x);
            });

            var alone = Candidates.Select(candidate => TwoParty.Run(Seed.FromNumber(1), Values, (party, x) => Table[operation](candidate, party, x)).Cost).ToArray();
            Assert.Equal(alone.Min(PriceOf), PriceOf(run.Cost));
            Assert.Equal(run.Cost, run.Planned);

            // All four seats say the same.
            var choice = Assert.Single(suites[0].Choices);
            Assert.Equal(Candidates[Array.FindIndex(alone, cost => PriceOf(cost) == alone.Min(PriceOf))].Name, choice.Picked);
            Assert.All(suites, suite => Assert.Equal(choice.Picked, Assert.Single(suite.Choices).Picked));

            double PriceOf(Cost cost) => price == Rounds ? cost.Rounds : price == Bytes ? cost.SentBytes : cost.OfflineBytes;
        }
    }

    [Fact]
    public void A_network_decides_which_softmax_is_taken()
    {
        Assert.NotEqual(Pick(cost => cost.DealtBytes), Pick(cost => -cost.DealtBytes));

        static string Pick(Func<OperationCost, double> price)
        {
            var suite = new CheapestSuite(Candidates, price);
            TwoParty.Run(Seed.FromNumber(1), Values, (party, x) => suite.Softmax(party, x, [0, 64]));
            return suite.Choices[0].Picked;
        }
    }

    [Fact]
    public void An_operation_is_planned_once_a_shape()
    {
        var suite = new CheapestSuite(Candidates, Rounds);
        TwoParty.Run(Seed.FromNumber(1), Values, async (party, x) => await suite.Relu(party, await suite.Relu(party, await suite.Tanh(party, x))));

        Assert.Equal(["tanh", "relu"], suite.Choices.Select(choice => choice.Operation));
    }
}
