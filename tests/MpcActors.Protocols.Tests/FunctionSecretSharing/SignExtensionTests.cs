using MpcActors.Protocols.FunctionSecretSharing;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests.FunctionSecretSharing;

public sealed class SignExtensionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(32)]
    [InlineData(63)]
    public void A_number_of_few_bits_keeps_its_value(int bits)
    {
        var half = 1L << (bits - 1);
        long[] values = [0, -1, half - 1, -half, .. Integers.Random(1000, bits)];
        var run = TwoParty.Run(Seed.FromNumber(1), [Integers.Input(values)], async (party, inputs) =>
            [await party.SignExtend(await Residue.Open(party, inputs[0], bits, 0), 0)]);

        Assert.Equal(Array.ConvertAll(values, x => (ulong)x), run.Opened.Values);
        Assert.Equal(Residue.CostOf(values.Length, bits) + SignExtension.CostOf(values.Length, bits), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
    }

    [Fact]
    public void What_lies_above_the_bits_does_not_matter()
    {
        var run = TwoParty.Run(Seed.FromNumber(2), [Integers.Input([0x7f, 0x80, 0x12_ff])], static async (party, inputs) =>
            [await party.SignExtend(await Residue.Open(party, inputs[0], 8, 0), 0)]);

        Assert.Equal([127L, -128, -1], run.Opened.Values.Select(x => (long)x));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-128)]
    public void What_is_opened_is_uniform_whatever_the_number(long value)
    {
        var run = TwoParty.Run(Seed.FromNumber(3), [Integers.Input(Integers.Repeat([value], 4096))], static async (party, inputs) =>
            [await party.SignExtend(await Residue.Open(party, inputs[0], 8, 0), 0)]);

        Assert.Single(run.Sent(Role.PartyZero, Role.PartyOne));
        ResidueView.Check(run, 4096, 8);
    }
}
