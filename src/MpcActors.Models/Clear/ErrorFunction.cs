namespace MpcActors.Models.Clear;

/// <summary>
/// erf and erfc, which .NET lacks, in double precision (relative error about 1e−16): W. J. Cody, Rational Chebyshev approximations for
/// the error function, Mathematics of Computation 23 (1969), with the coefficients of his CALERF.
/// </summary>
public static class ErrorFunction
{
    private const double Near = 0.46875;

    public static double Erf(double x)
    {
        if (Math.Abs(x) <= Near) return Centre(x);
        var complement = Tail(Math.Abs(x));
        return x < 0 ? complement - 1 : 1 - complement;
    }

    /// <summary>1 − erf x, without the cancellation.</summary>
    public static double Erfc(double x)
    {
        if (Math.Abs(x) <= Near) return 1 - Centre(x);
        var complement = Tail(Math.Abs(x));
        return x < 0 ? 2 - complement : complement;
    }

    private static double Centre(double x)
    {
        var y = x * x;
        return x * Ratio(y, 1.85777706184603153e-1, CentreTop, CentreBottom);
    }

    /// <summary>erfc y for y beyond <see cref="Near"/>.</summary>
    private static double Tail(double y)
    {
        // e^(−y²) in two factors: the square of y cut to sixteenths is exact, so its rounding is not magnified.
        var cut = Math.Floor(y * 16) / 16;
        var exponential = Math.Exp(-cut * cut) * Math.Exp(-(y - cut) * (y + cut));
        if (y <= 4) return exponential * Ratio(y, 2.15311535474403846e-8, MiddleTop, MiddleBottom);
        var z = 1 / (y * y);
        var ratio = z * Ratio(z, 1.63153871373020978e-2, FarTop, FarBottom);
        return exponential * (InverseRootPi - ratio) / y;
    }

    private const double InverseRootPi = 5.6418958354775628695e-1;

    private static double Ratio(double x, double leading, ReadOnlySpan<double> top, ReadOnlySpan<double> bottom)
    {
        double above = leading * x, below = x;
        for (var i = 0; i < top.Length - 1; i++)
        {
            above = (above + top[i]) * x;
            below = (below + bottom[i]) * x;
        }

        return (above + top[^1]) / (below + bottom[^1]);
    }

    private static ReadOnlySpan<double> CentreTop => [3.16112374387056560e0, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3];

    private static ReadOnlySpan<double> CentreBottom => [2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3];

    private static ReadOnlySpan<double> MiddleTop =>
        [5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1, 2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3];

    private static ReadOnlySpan<double> MiddleBottom =>
        [1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3, 3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3];

    private static ReadOnlySpan<double> FarTop =>
        [3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4];

    private static ReadOnlySpan<double> FarBottom =>
        [2.56852019228982242e0, 1.87295284992346725e0, 5.27905102951428412e-1, 6.05183413124413191e-2, 2.33520497626869185e-3];
}
