namespace MpcActors.Ring.Tests;

public sealed class FixedPointTests
{
    [Fact]
    public void Every_value_of_a_small_width_comes_back()
    {
        for (var fractionBits = 0; fractionBits <= 16; fractionBits += 4)
            for (var value = -(1L << 16); value <= 1L << 16; value++)
                Assert.Equal((ulong)value, FixedPoint.Encode(FixedPoint.Decode((ulong)value, fractionBits), fractionBits));
    }

    [Fact]
    public void Rounding_is_to_the_nearest_and_halves_go_to_even()
    {
        Assert.Equal(2UL, FixedPoint.Encode(1.5, 0));
        Assert.Equal(2UL, FixedPoint.Encode(2.5, 0));
        Assert.Equal(unchecked((ulong)-2L), FixedPoint.Encode(-1.5, 0));
        Assert.Equal(3UL, FixedPoint.Encode(0.2, 4));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e30)]
    [InlineData(-1e15)]
    public void What_does_not_fit_is_refused(double value) => Assert.Throws<ArgumentException>(() => FixedPoint.Encode(value));

    [Fact]
    public void Tensors_are_encoded_value_by_value()
    {
        double[] values = [0, 1, -1, 0.5, -2.25, 1000.125];
        var tensor = FixedPoint.Encode(values, new Shape(2, 3));
        Assert.Equal(values, FixedPoint.Decode(tensor));
        Assert.Equal(FixedPoint.Encode(-2.25), tensor[1, 1]);
        Assert.Throws<ArgumentException>(() => FixedPoint.Encode(values, new Shape(2, 2)));
    }
}
