namespace MpcActors.Ring.Tests;

public sealed class PackingTests
{
    public static TheoryData<int> Widths => new(Enumerable.Range(1, 64));

    [Theory]
    [MemberData(nameof(Widths))]
    public void Values_lie_bit_after_bit_without_gaps(int bits)
    {
        foreach (var count in new[] { 0, 1, 2, 63, 64, 65, 130 })
        {
            var values = RingValues.Words(count);
            var words = RingValues.Words(Packing.WordsFor(count, bits) + 2, 3);
            Packing.Pack(values, bits, words);
            for (var i = 0; i < count; i++)
                for (var bit = 0; bit < bits; bit++)
                    Assert.Equal(values[i] >> bit & 1, BitAt(words, (long)i * bits + bit));
            for (var at = (long)count * bits; at < 64L * words.Length; at++) Assert.Equal(0UL, BitAt(words, at));

            var back = new ulong[count];
            Packing.Unpack(words, bits, back);
            Assert.Equal(values.Select(value => bits == 64 ? value : value & ((1UL << bits) - 1)), back);
        }
    }

    [Fact]
    public void The_words_a_pack_takes_are_the_bits_rounded_up()
    {
        Assert.Equal(0, Packing.WordsFor(0, 17));
        Assert.Equal(1, Packing.WordsFor(64, 1));
        Assert.Equal(2, Packing.WordsFor(65, 1));
        Assert.Equal(100, Packing.WordsFor(100, 64));
        Assert.Throws<OverflowException>(() => Packing.WordsFor(1L << 40, 64));
    }

    [Fact]
    public void Too_few_words_and_impossible_widths_are_refused()
    {
        Assert.Contains("need 2 words", Assert.Throws<ArgumentException>(() => Packing.Pack(new ulong[2], 33, new ulong[1])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Packing.Unpack(new ulong[1], 33, new ulong[2]));
        Assert.Throws<ArgumentException>(() => Packing.Pack(new ulong[2], 0, new ulong[1]));
        Assert.Throws<ArgumentException>(() => Packing.Unpack(new ulong[2], 65, new ulong[1]));
    }

    static ulong BitAt(ulong[] words, long at) => words[at / 64] >> (int)(at % 64) & 1;
}
