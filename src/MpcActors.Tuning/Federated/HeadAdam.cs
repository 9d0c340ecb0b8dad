using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Tuning.Federated;

/// <summary>Adam (Kingma and Ba, ICLR 2015) on shares for the few local steps of a round.</summary>
/// <remarks>
/// Moments of so few steps are sums of their gradients and squares with public factors, so the gradients are kept and nothing is truncated on
/// the way from one step to the next. A step takes thirteen rounds: truncate, open and square the gradient, the inverse root, the product, truncate.
/// Gradients are sums over the batch times log₂ e, as <see cref="HeadStep"/> gives them: Adam does not mind a factor, but for ε.
/// </remarks>
public sealed class HeadAdam
{
    public const double FirstDecay = 0.9, SecondDecay = 0.99;

    /// <summary>ε², below the root.</summary>
    public const double Floor = 1.0 / (1 << 14);

    const int GradientBits = 18;
    const int FirstBits = 10;
    const int SecondBits = 8;
    const int InverseBits = 20;
    const int RatioBits = 24;

    readonly List<Share> _gradients = [];
    readonly List<Share> _squares = [];

    /// <summary>The factor of the gradient so many steps ago in a moment corrected for its start, as it is rounded on shares.</summary>
    public static double Factor(double decay, int steps, int age) =>
        Math.ScaleB((long)FixedPoint.Encode((1 - decay) * Math.Pow(decay, age) / (1 - Math.Pow(decay, steps)), BitsOf(decay)), -BitsOf(decay));

    public async ValueTask<Share> Step(Party party, Share parameters, Share gradient, double learningRate)
    {
        var truncated = await party.TruncateTo(gradient, GradientBits);
        _gradients.Add(truncated);
        _squares.Add(party.Square(await party.Mask(truncated)));
        var variance = party.AddPublic(Moment(_squares, SecondDecay), Floor);
        var wires = await party.Mask(Moment(_gradients, FirstDecay), await party.InvertSquareRoot(variance, InverseBits));
        var ratio = await party.TruncateTo(party.Multiply(wires[0], wires[1]), RatioBits);
        return new(parameters.Value - ratio.Value * FixedPoint.Encode(learningRate, HeadStep.ParameterBits - RatioBits), HeadStep.ParameterBits);
    }

    static int BitsOf(double decay) => decay == FirstDecay ? FirstBits : SecondBits;

    static Share Moment(List<Share> values, double decay)
    {
        var sum = RingTensor.Zeros(values[0].Shape);
        for (var i = 0; i < values.Count; i++) sum += values[i].Value * FixedPoint.Encode(Factor(decay, values.Count, values.Count - 1 - i), BitsOf(decay));
        return new(sum, values[0].FractionBits + BitsOf(decay));
    }
}
