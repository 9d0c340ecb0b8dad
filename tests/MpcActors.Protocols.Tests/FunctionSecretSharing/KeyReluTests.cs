using MpcActors.Protocols.FunctionSecretSharing;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests.FunctionSecretSharing;

public sealed class KeyReluTests
{
    static readonly long[] Values = [.. Integers.Repeat([0, 1, -1, 65536, -65536, (1L << 60) - 1, -(1L << 60)], 20), .. Integers.Random(500, 61)];

    [Fact]
    public void Relu_and_its_derivative_are_exact()
    {
        var run = TwoParty.Run(Seed.FromNumber(1), [Integers.Input(Values)], static async (party, inputs) =>
        {
            var wire = await party.Mask(inputs[0]);
            var (value, derivative) = await party.ReluByKey(wire);
            var (local, slope) = await party.ReluWithoutRound(wire);
            return [value, party.ToShare(derivative), local, slope];
        });

        var (relu, step) = (Array.ConvertAll(Values, x => (ulong)Math.Max(x, 0)), Integers.Bits(Values, x => x >= 0));
        foreach (var (output, expected) in new[] { (0, relu), (1, step), (2, relu), (3, step) })
            Assert.Equal(expected, (run.Zero[output].Value + run.One[output].Value).Values);
        var cost = Cost.Masking(Values.Length) + KeyRelu.CostOf(Values.Length, truncates: false) + KeyRelu.CostWithoutRound(Values.Length);
        Assert.Equal(cost, run.Cost);
        Assert.Equal(cost, run.Planned);
        Assert.Equal(2, cost.Rounds);
    }

    [Fact]
    public void Truncation_on_the_way_is_within_a_unit()
    {
        var run = TwoParty.Run(Seed.FromNumber(2), [Integers.Input(Values)], static async (party, inputs) =>
            [(await party.ReluByKey(await party.Mask(new Share(inputs[0].Value, 32)), 16)).Value]);

        Assert.Equal(16, run.Zero[0].FractionBits);
        for (var i = 0; i < Values.Length; i++)
            Assert.InRange((long)run.Opened.Values[i] - (Math.Max(Values[i], 0) >> 16), 0, 1);
        Assert.Equal(Cost.Masking(Values.Length) + KeyRelu.CostOf(Values.Length, truncates: true), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
    }
}
