using MpcActors.Protocols.FunctionSecretSharing;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests.FunctionSecretSharing;

public sealed class LookUpTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(10)]
    public void Every_entry_is_found_in_every_table(int bits)
    {
        var size = 1 << bits;
        var tables = new[] { Array.ConvertAll(Integers.Random(size), x => (ulong)x), Array.ConvertAll(Integers.Random(size, seed: 10), x => (ulong)x) };
        var indices = Enumerable.Range(0, size).Select(i => (long)i).ToArray();
        var run = TwoParty.Run(Seed.FromNumber(1), [Integers.Input(indices)], async (party, inputs) =>
            await party.LookUpByKey(await Residue.Open(party, inputs[0], bits, 0), 16, tables));

        for (var i = 0; i < tables.Length; i++) Assert.Equal(tables[i], (run.Zero[i].Value + run.One[i].Value).Values);
        Assert.Equal(16, run.Zero[0].FractionBits);
        Assert.Equal(Residue.CostOf(size, bits) + LookUp.CostOf(size, bits), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
    }

    [Fact]
    public void A_wire_that_is_open_already_is_read_by_its_low_bits()
    {
        var values = Integers.Random(300);
        var table = Array.ConvertAll(Integers.Random(64), x => (ulong)x);
        var run = TwoParty.Run(Seed.FromNumber(2), [Integers.Input(values)], async (party, inputs) =>
            await party.LookUpByKey(Residue.Of(await party.Mask(inputs[0]), 6), 0, table));

        Assert.Equal(Array.ConvertAll(values, x => table[x & 63]), run.Opened.Values);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    public void What_is_opened_is_uniform_whatever_the_index(long index)
    {
        var run = TwoParty.Run(Seed.FromNumber(3), [Integers.Input(Integers.Repeat([index], 4096))], static async (party, inputs) =>
            await party.LookUpByKey(await Residue.Open(party, inputs[0], 8, 0), 0, new ulong[256]));

        Assert.Single(run.Sent(Role.PartyZero, Role.PartyOne));
        ResidueView.Check(run, 4096, 8);
    }

    [Fact]
    public void A_table_of_another_size_is_refused()
    {
        var thrown = Assert.ThrowsAny<ArgumentException>(() => TwoParty.Run(Seed.Zero, [Integers.Input([1])], static async (party, inputs) =>
            await party.LookUpByKey(await Residue.Open(party, inputs[0], 3, 0), 0, new ulong[7])));

        Assert.Contains("has 8 entries, not 7", thrown.Message, StringComparison.Ordinal);
    }
}
