namespace MpcActors.Protocols.Tests;

/// <summary>Functions in the clear that the library lacks.</summary>
static class Clear
{
    /// <summary>erf to 1e−13: its series where that is short, and the complement's continued fraction beyond.</summary>
    public static double Erf(double x)
    {
        var size = Math.Abs(x);
        if (size > 6) return Math.Sign(x);
        if (size > 3)
        {
            var fraction = 0.0;
            for (var k = 60; k > 0; k--) fraction = k / 2.0 / (size + fraction);
            return Math.Sign(x) * (1 - Math.Exp(-size * size) / (Math.Sqrt(Math.PI) * (size + fraction)));
        }

        var (term, sum) = (x, x);
        for (var n = 1; n < 80; n++)
        {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }

    public static double Gelu(double x) => x * (1 + Erf(x / Math.Sqrt(2))) / 2;
}
