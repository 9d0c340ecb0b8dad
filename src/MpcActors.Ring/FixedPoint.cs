namespace MpcActors.Ring;

/// <summary>Real numbers as ring values: x becomes round(x · 2^f) in two's complement.</summary>
public static class FixedPoint
{
    /// <summary>Fraction bits where nothing else is said, those of CrypTen and of the published systems.</summary>
    public const int FractionBits = 16;

    /// <exception cref="ArgumentException">The value is not a number or does not fit.</exception>
    public static ulong Encode(double value, int fractionBits = FractionBits)
    {
        var scaled = Math.Round(Math.ScaleB(value, fractionBits), MidpointRounding.ToEven);
        if (!(Math.Abs(scaled) < 9.2e18)) throw new ArgumentException($"{value} with {fractionBits} fraction bits does not fit 64 bits");
        return (ulong)(long)scaled;
    }

    public static double Decode(ulong value, int fractionBits = FractionBits) => Math.ScaleB((long)value, -fractionBits);

    public static RingTensor Encode(ReadOnlySpan<double> values, Shape shape, int fractionBits = FractionBits)
    {
        var tensor = RingTensor.Of(shape, new ulong[values.Length]);
        var encoded = tensor.Span;
        for (var i = 0; i < encoded.Length; i++) encoded[i] = Encode(values[i], fractionBits);
        return tensor;
    }

    public static double[] Decode(RingTensor tensor, int fractionBits = FractionBits)
    {
        var values = new double[tensor.Count];
        var encoded = tensor.Span;
        for (var i = 0; i < values.Length; i++) values[i] = Decode(encoded[i], fractionBits);
        return values;
    }
}
