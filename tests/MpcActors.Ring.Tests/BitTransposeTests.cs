namespace MpcActors.Ring.Tests;

public sealed class BitTransposeTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(64, 1)]
    [InlineData(65, 2)]
    [InlineData(150, 3)]
    [InlineData(256, 4)]
    [InlineData(257, 9)]
    [InlineData(640, 10)]
    public void A_plane_holds_one_bit_of_every_value(int count, int words)
    {
        var values = RingValues.Words(count);
        var planes = RingValues.Words(64 * words, 2);
        BitTranspose.ToPlanes(values, planes, words);
        Assert.Equal(NaivePlanes(values, words), planes);

        var back = new ulong[count];
        BitTranspose.FromPlanes(planes, back, words);
        Assert.Equal(values, back);
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => BitTranspose.ToPlanes(new ulong[64], new ulong[63], 1));
        Assert.Throws<ArgumentException>(() => BitTranspose.ToPlanes(new ulong[65], new ulong[64], 1));
        Assert.Throws<ArgumentException>(() => BitTranspose.FromPlanes(new ulong[64], new ulong[64], 2));
        Assert.Throws<ArgumentException>(() => BitTranspose.FromPlanes(new ulong[64], new ulong[65], 1));
    }

    static ulong[] NaivePlanes(ulong[] values, int words)
    {
        var planes = new ulong[64 * words];
        for (var i = 0; i < values.Length; i++)
            for (var bit = 0; bit < 64; bit++)
                planes[bit * words + i / 64] |= (values[i] >> bit & 1) << i % 64;
        return planes;
    }
}
