using MpcActors.Protocols.Published;

namespace MpcActors.Protocols.Tests.Published;

/// <summary>What CrypTen 0.4.0 itself counts for an operation between two parties: rounds, and bytes a value, sent and received by one party.</summary>
/// <param name="Clear">The same approximation in double precision.</param>
/// <param name="CostOf">What this suite declares for so many values.</param>
/// <param name="RelativeError">Of the result's size, beside <paramref name="AbsoluteError"/>; from rounding alone.</param>
sealed record CrypTenFigures(
    int Rounds, int LoggedBytes, Func<Party, Share, ValueTask<Share>> Program, Func<long, Cost> CostOf,
    Func<double, double> Clear, double Low, double High, double AbsoluteError, double RelativeError = 0)
{
    /// <summary>An eighth squaring doubles the relative error of the seventh, and so on: 256 times that of 1 + x/256.</summary>
    const double OfExponential = 256 * 2.5 / 65536;

    public static Dictionary<string, CrypTenFigures> All { get; } = new()
    {
        ["product"] = new(1, 32, static (party, x) => party.MultiplyAnew(x, x), FreshProducts.CostOfMultiplying, static x => x * x, -30, 30, 3e-5),
        ["square"] = new(1, 16, static (party, x) => party.SquareAnew(x), FreshProducts.CostOfSquaring, static x => x * x, -30, 30, 3e-5),
        ["x < 0"] = new(8, 432, static (party, x) => party.IsNegative(x), SignedSelection.CostOfIsNegative, static x => x < 0 ? 1 : 0, -30, 30, 0),
        ["x = 3"] = new(7, 208, static (party, x) => party.AreEqual(x, party.AddPublic(x - x, 3)), SignedSelection.CostOfAreEqual, static x => x == 3 ? 1 : 0, -3, 6, 0),
        ["relu"] = new(9, 464, static (party, x) => party.ReluAnew(x), SignedSelection.CostOfRelu, static x => Math.Max(x, 0), -30, 30, 0),
        ["exponential"] = new(8, 128, static (party, x) => party.Exponential(x), static n => LimitExponential.CostOf(n), PublishedFunctions.Exponential, -16, 4, 6e-5, OfExponential),
        ["reciprocal"] = new(38, 1104, static (party, x) => party.Reciprocal(x), NewtonReciprocal.CostOf, PublishedFunctions.Reciprocal, -10, 10, 3e-4, 1e-3),
        ["reciprocal of a positive number"] =
            new(28, 608, static (party, x) => party.ReciprocalOfPositive(x), NewtonReciprocal.CostOfPositive, PublishedFunctions.Reciprocal, 0.2, 10, 2.2e-4, 1e-3),
        ["inverse square root"] =
            new(17, 368, static (party, x) => party.InverseSquareRoot(x), NewtonRoot.CostOfInverse, PublishedFunctions.InverseSquareRoot, 0.1, 150, 2e-3, 2e-3),
        ["square root"] = new(18, 400, static (party, x) => party.SquareRoot(x), NewtonRoot.CostOf, PublishedFunctions.SquareRoot, 0.1, 60, 5e-3, 5e-3),
        ["sigmoid"] = new(23, 752, static (party, x) => party.Sigmoid(x), LogisticFunctions.CostOf, PublishedFunctions.Sigmoid, -16, 16, 3e-3),
        ["tanh"] = new(23, 752, static (party, x) => party.Tanh(x), LogisticFunctions.CostOf, PublishedFunctions.Tanh, -8, 8, 6e-3),
        ["cosine"] = new(28, 592, static async (party, x) => (await party.CosineAndSine(x)).Cosine, EulerCosine.CostOf,
            static x => PublishedFunctions.CosineAndSine(x).Cosine, -Math.PI, Math.PI, 2e-2),
        ["sine"] = new(28, 592, static async (party, x) => (await party.CosineAndSine(x)).Sine, EulerCosine.CostOf,
            static x => PublishedFunctions.CosineAndSine(x).Sine, -Math.PI, Math.PI, 2e-2),
        ["gelu by tanh"] = new(26, 832, static (party, x) => party.GeluByTanh(x), TanhGelu.CostOf, PublishedFunctions.GeluByTanh, -8, 8, 3e-2),

        // Not CrypTen's own: SecP-Tuning's cosine of angles in turns (two words of 64 bits in total), and SecFormer's GELU, comparisons side by side.
        ["cosine in one round"] = new(1, 16, static async (party, x) => (await party.CosineAndSineInOneRound(x)).Cosine, OneRoundCosine.CostOf,
            static x => Math.Cos(2 * Math.PI * x), -100, 100, 1e-4),
        ["sine in one round"] = new(1, 16, static async (party, x) => (await party.CosineAndSineInOneRound(x)).Sine, OneRoundCosine.CostOf,
            static x => Math.Sin(2 * Math.PI * x), -100, 100, 1e-4),
        ["gelu"] = new(11, 944, static (party, x) => party.Gelu(x), FourierGelu.CostOf, PublishedFunctions.Gelu, -12, 12, 1e-3),
    };
}
