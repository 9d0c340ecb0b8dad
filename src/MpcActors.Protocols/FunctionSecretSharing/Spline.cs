using MpcActors.Ring;

namespace MpcActors.Protocols.FunctionSecretSharing;

/// <summary>A piecewise polynomial of degree one or two with public pieces.</summary>
/// <param name="Knots">Where pieces meet, in rising order: piece k holds from knot k − 1 up to, and without, knot k.</param>
/// <param name="Coefficients">A piece each: those of 1, x and x²; one more piece than knots.</param>
/// <param name="FractionBits">Of the coefficients.</param>
public sealed record SplineFunction(double[] Knots, double[][] Coefficients, int FractionBits = FixedPoint.FractionBits)
{
    public int Degree { get; } = Coefficients.Max(piece => piece.Length) - 1;

    /// <summary>The value in the clear.</summary>
    public double At(double x)
    {
        var piece = Coefficients[Knots.Count(knot => x >= knot)];
        return piece.Select((coefficient, power) => coefficient * Math.Pow(x, power)).Sum();
    }

    /// <exception cref="ArgumentException">Pieces and knots do not fit together.</exception>
    internal void Require()
    {
        if (Coefficients.Length != Knots.Length + 1) throw new ArgumentException($"{Knots.Length} knots part {Knots.Length + 1} pieces, not {Coefficients.Length}");
        if (Degree is < 1 or > 2) throw new ArgumentException($"a spline has degree 1 or 2, not {Degree}");
        if (Knots.Zip(Knots.Skip(1), (left, right) => left < right).Contains(false)) throw new ArgumentException("the knots of a spline must rise");
    }
}

/// <summary>Splines of an open wire: one round, one key a value.</summary>
/// <remarks>
/// <para>f(x) = p_0(x) + Σ_k [x ≥ t_k]·q_k(x) with q_k = p_k − p_(k−1) (as Boyle, Chandran, Gilboa, Gupta, Ishai, Kumar, Rathee,
/// EUROCRYPT 2021, section 5.2, but with bits instead of a key with all coefficients as its payload: the key stays small).</para>
/// <para>1. Compare x with all knots by one key and open the bits b_k = c + (1 − 2c)·m under masks m: one round.</para>
/// <para>2. Take shares of r², m·r and m·r². Then b·x = c·x + (1 − 2c)(x̂·m − m·r) and
/// b·x² = c·x² + (1 − 2c)(x̂²·m − 2x̂·m·r + m·r²) are local, and so is every sum of them.</para>
/// </remarks>
public static class Spline
{
    public static Cost CostOf(long count, int knots, int degree) =>
        KeyComparison.CostOf(count, knots) + Cost.Dealt((degree == 2 ? 1 + 2L * knots : knots) * count);

    /// <summary>f(x), with Degree times the wire's fraction bits plus those of the coefficients; not truncated.</summary>
    /// <remarks>That many fraction bits and the value must fit 63 bits.</remarks>
    public static async ValueTask<Share> EvaluateSpline(this Party party, Masked x, SplineFunction spline)
    {
        spline.Require();
        var (isQuadratic, scale) = (spline.Degree == 2, spline.Degree * x.FractionBits + spline.FractionBits);
        var isBelow = await party.IsBelowByKey(x, [.. spline.Knots.Select(knot => (long)FixedPoint.Encode(knot, x.FractionBits))]);

        var wire = new Powers(party, x, isQuadratic ? party.Correlations.Derived(x.Shape, () => x.Mask * x.Mask) : null);
        var sum = wire.Times(party.Seat, Encode(spline.Coefficients[0]));
        for (var k = 0; k < spline.Knots.Length; k++)
        {
            var bit = !isBelow[k];
            var step = Encode(spline.Coefficients[k + 1]).Zip(Encode(spline.Coefficients[k]), (right, left) => right - left).ToArray();
            var product = party.Correlations.Derived(x.Shape, () => bit.Mask * x.Mask);
            var square = isQuadratic ? party.Correlations.Derived(x.Shape, () => bit.Mask * x.Mask * x.Mask) : null;
            var masked = new Powers(x.Public, bit.Mask, product, square);

            // c·q(x) + (1 − 2c)·(m·q(x)).
            sum += bit.Public * wire.Times(party.Seat, step) + (-bit.Public * 2 + 1) * masked.Times(step);
        }

        party.Meter.CountElements((long)x.Shape.Count * spline.Coefficients.Length);
        return new(sum, scale);

        ulong[] Encode(double[] piece) => [.. Enumerable.Range(0, spline.Degree + 1).Select(power =>
            power < piece.Length ? FixedPoint.Encode(piece[power], scale - power * x.FractionBits) : 0)];
    }

    /// <summary>A party's shares of u, u·x and u·x² for u = 1 or a shared bit, from the opening of x.</summary>
    readonly struct Powers
    {
        readonly RingTensor? _constant;
        readonly RingTensor _linear;
        readonly RingTensor? _square;

        /// <summary>For u = 1: x̂ − r, and x̂² − 2x̂·r + r².</summary>
        public Powers(Party party, Masked x, RingTensor? maskSquare)
        {
            _constant = null;
            _linear = party.Unmask(x).Value;
            _square = maskSquare is null ? null : x.Public * _linear - x.Public * x.Mask + maskSquare;
        }

        /// <summary>For a bit m: m, x̂·m − m·r, and x̂²·m − 2x̂·m·r + m·r².</summary>
        public Powers(RingTensor open, RingTensor bit, RingTensor bitTimesMask, RingTensor? bitTimesMaskSquare)
        {
            _constant = bit;
            _linear = open * bit - bitTimesMask;
            _square = bitTimesMaskSquare is null ? null : open * _linear - open * bitTimesMask + bitTimesMaskSquare;
        }

        /// <summary>The polynomial with these coefficients, times the shared bit.</summary>
        public RingTensor Times(ulong[] coefficients)
        {
            var sum = _linear * coefficients[1];
            if (_square is not null) sum += _square * coefficients[2];
            return _constant is null ? sum : sum + _constant * coefficients[0];
        }

        /// <summary>The polynomial itself, whose public constant party one adds.</summary>
        public RingTensor Times(Seat seat, ulong[] coefficients) => seat == Seat.One ? Times(coefficients) + coefficients[0] : Times(coefficients);
    }
}
