namespace MpcActors.Data;

/// <summary>
/// Standard normal numbers by position: number <c>index</c> of stream <c>stream</c> of a seed, in any order, the same bits on
/// every machine. Two servers that compute a public projection each for itself must agree on its last bit, since its error
/// would multiply a share, which is a large number; so nothing here calls the platform's mathematical library.
/// </summary>
/// <remarks>
/// Uniform bits: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), keyed per stream. Normal: the inverse distribution function by
/// Wichura's AS 241 (1988, PPND16, relative error 1e-16). Not for secrets.
/// </remarks>
public static class CounterGaussian
{
    public static double Normal(ulong seed, ulong stream, ulong index) => InverseNormal(Uniform(Key(seed, stream), index));

    /// <summary>Numbers 0, 1, … of a stream.</summary>
    public static void Fill(ulong seed, ulong stream, Span<double> destination)
    {
        var key = Key(seed, stream);
        for (var i = 0; i < destination.Length; i++) destination[i] = InverseNormal(Uniform(key, (ulong)i));
    }

    /// <summary>Numbers <paramref name="first"/>, first + 1, … of a stream, with another mean and deviation, rounded to float32.</summary>
    public static void Fill(ulong seed, ulong stream, long first, Span<float> destination, double mean, double deviation)
    {
        var key = Key(seed, stream);
        for (var i = 0; i < destination.Length; i++) destination[i] = (float)(mean + deviation * InverseNormal(Uniform(key, (ulong)(first + i))));
    }

    /// <summary>Uniform on the open interval (0, 1): odd multiples of 2^−53.</summary>
    public static double Uniform(ulong seed, ulong stream, ulong index) => Uniform(Key(seed, stream), index);

    private static double Uniform(ulong key, ulong index) => ((Mix(key + (index + 1) * Golden) >> 12) + 0.5) * (1.0 / (1UL << 52));

    private static ulong Key(ulong seed, ulong stream) => Mix(Mix(seed + Golden) + stream * StreamStep);

    private const ulong Golden = 0x9E3779B97F4A7C15;
    private const ulong StreamStep = 0xD1342543DE82EF95;

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private static double InverseNormal(double p)
    {
        var q = p - 0.5;
        if (Math.Abs(q) <= 0.425)
        {
            var r = 0.180625 - q * q;
            return q * Ratio(r, CentreTop, CentreBottom);
        }

        var tail = Math.Sqrt(-NaturalLogarithm(Math.Min(p, 1 - p)));
        var value = tail <= 5 ? Ratio(tail - 1.6, MiddleTop, MiddleBottom) : Ratio(tail - 5, FarTop, FarBottom);
        return q < 0 ? -value : value;
    }

    private static double Ratio(double x, ReadOnlySpan<double> top, ReadOnlySpan<double> bottom) => Polynomial(x, top) / Polynomial(x, bottom);

    /// <summary>Horner's rule for eight coefficients, the constant first; written out, since this is where the time goes.</summary>
    private static double Polynomial(double x, ReadOnlySpan<double> c)
        => ((((((c[7] * x + c[6]) * x + c[5]) * x + c[4]) * x + c[3]) * x + c[2]) * x + c[1]) * x + c[0];

    /// <summary>x = m·2^e with m in [1/√2, √2); ln m = 2 artanh((m − 1)/(m + 1)) by its series, exact operations only.</summary>
    private static double NaturalLogarithm(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (mantissa > 1.4142135623730951)
        {
            mantissa /= 2;
            exponent++;
        }

        var s = (mantissa - 1) / (mantissa + 1);
        var sum = 0.0;
        for (var k = 25; k >= 1; k -= 2) sum = sum * s * s + 1.0 / k;
        return exponent * 0.6931471805599453 + 2 * s * sum;
    }

    private static ReadOnlySpan<double> CentreTop =>
        [3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3];

    private static ReadOnlySpan<double> CentreBottom =>
        [1.0, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3, 2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4, 5.2264952788528545610e+3];

    private static ReadOnlySpan<double> MiddleTop =>
        [1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4];

    private static ReadOnlySpan<double> MiddleBottom =>
        [1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1, 1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9];

    private static ReadOnlySpan<double> FarTop =>
        [6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7];

    private static ReadOnlySpan<double> FarBottom =>
        [1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2, 7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15];
}
