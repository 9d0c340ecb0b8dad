namespace MpcActors.Protocols.Published;

/// <summary>The approximations of this suite in double precision: what its protocols would give if they did not round.</summary>
/// <remarks>CrypTen's formulas with its default settings (common/functions/approximations.py), and SecFormer's GELU.</remarks>
public static class PublishedFunctions
{
    public const int ExponentialIterations = 8;
    public const int ReciprocalIterations = 10;
    public const int RootIterations = 3;
    public const int TrigonometricIterations = 10;
    public const int LogisticIterations = 3;
    public const double LogisticStart = 0.75;

    /// <summary>Where the error function's series gives way to ±1.</summary>
    public const double GeluBreak = 1.7;

    /// <summary>Of the error function's series.</summary>
    public const double GeluPeriod = 20;

    /// <summary>erf x ≈ Σ b_k sin(2πkx/20) within the break points (SecFormer, ACL Findings 2024).</summary>
    public static IReadOnlyList<double> GeluSines { get; } = [1.25772, -0.0299154, 0.382155, -0.0519123, 0.196033, -0.0624557, 0.118029];

    /// <summary>The weight of the cube in the GELU by tanh.</summary>
    public const double GeluCube = 0.044715;

    /// <summary>(1 + x/256)^256.</summary>
    public static double Exponential(double x)
    {
        var power = 1 + Math.ScaleB(x, -ExponentialIterations);
        for (var i = 0; i < ExponentialIterations; i++) power *= power;
        return power;
    }

    public static double Reciprocal(double x)
    {
        if (x < 0) return -Reciprocal(-x);
        var y = 3 * Exponential(1 - 2 * x) + 0.003;
        for (var i = 0; i < ReciprocalIterations; i++) y = 2 * y - y * y * x;
        return y;
    }

    public static double InverseSquareRoot(double x)
    {
        var y = 2.2 * Exponential(-(x / 2 + 0.2)) + 0.2 - x / 1024;
        for (var i = 0; i < RootIterations; i++) y = y * (3 - x * y * y) / 2;
        return y;
    }

    public static double SquareRoot(double x) => x * InverseSquareRoot(x);

    public static double Sigmoid(double x)
    {
        var (denominator, y) = (1 + Exponential(-Math.Abs(x)), LogisticStart);
        for (var i = 0; i < LogisticIterations; i++) y = 2 * y - y * y * denominator;
        return x < 0 ? 1 - y : y;
    }

    public static double Tanh(double x) => 2 * Sigmoid(2 * x) - 1;

    /// <summary>The parts of (1 + ix/1024)^1024.</summary>
    public static (double Cosine, double Sine) CosineAndSine(double x)
    {
        var (real, imaginary) = (1.0, Math.ScaleB(x, -TrigonometricIterations));
        for (var i = 0; i < TrigonometricIterations; i++) (real, imaginary) = (real * real - imaginary * imaginary, 2 * real * imaginary);
        return (real, imaginary);
    }

    /// <summary>x(1 + erf(x/√2))/2 with the error function in three pieces.</summary>
    public static double Gelu(double x)
    {
        var z = x / Math.Sqrt(2);
        var erf = z < -GeluBreak ? -1 : z < GeluBreak ? ErrorFunctionSeries(z) : 1;
        return x * (1 + erf) / 2;
    }

    /// <summary>The GELU that CrypTen's users write, with its tanh.</summary>
    public static double GeluByTanh(double x) => x * (1 + Tanh(Math.Sqrt(2 / Math.PI) * (x + GeluCube * x * x * x))) / 2;

    /// <summary>(x − mean)/√(variance + <paramref name="epsilon"/>).</summary>
    public static double[] LayerNorm(ReadOnlySpan<double> row, double epsilon)
    {
        var (mean, variance) = (0.0, 0.0);
        foreach (var x in row) mean += x / row.Length;
        foreach (var x in row) variance += (x - mean) * (x - mean) / row.Length;
        var (result, root) = (row.ToArray(), InverseSquareRoot(variance + epsilon));
        for (var i = 0; i < result.Length; i++) result[i] = (result[i] - mean) * root;
        return result;
    }

    /// <summary>The power of two by which a sum of so many exponentials is divided, so that Newton's steps can invert it: they go astray above 255.</summary>
    public static int ShiftOfSum(int count) => count <= 128 ? 0 : (int)Math.Ceiling(Math.Log2(count / 128.0));

    public static double[] Softmax(ReadOnlySpan<double> row)
    {
        var result = row.ToArray();
        if (result.Length == 1) return [1];
        var largest = result[0];
        foreach (var x in row) largest = Math.Max(largest, x);
        var sum = 0.0;
        for (var i = 0; i < result.Length; i++) sum += result[i] = Exponential(result[i] - largest);
        var shift = ShiftOfSum(row.Length);
        var inverse = Math.ScaleB(Reciprocal(Math.ScaleB(sum, -shift)), -shift);
        for (var i = 0; i < result.Length; i++) result[i] *= inverse;
        return result;
    }

    static double ErrorFunctionSeries(double z)
    {
        var sum = 0.0;
        for (var k = 0; k < GeluSines.Count; k++) sum += GeluSines[k] * Math.Sin(2 * Math.PI * (k + 1) * z / GeluPeriod);
        return sum;
    }
}
