using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>Our own protocols: wires opened once, exact truncation, angles in turns, comparisons side by side, no iterations.</summary>
public sealed class FusedSuite : ISuite
{
    public string Name => "fused";

    public async ValueTask<KeptWeights[]> Keep(Party party, params Share[] weights)
    {
        var wires = await party.Mask(weights);
        using var offline = party.Meter.Offline();
        return Array.ConvertAll(wires, wire => wire.Shape.Rows == 1 ? (KeptWeights)new OpenScale(wire) : new OpenMatrix(FixedWeights.Of(party, wire)));
    }

    public async ValueTask<Share[]> Linear(Party party, Share x, params LinearMap[] maps)
    {
        var wire = await party.Mask(await party.TruncateTo(x));
        return Array.ConvertAll(maps, map =>
        {
            if (map.Weights is OpenMatrix { Weights: var matrix }) return matrix.Multiply(party, wire, map.Bias?.WithMoreFractionBits(matrix.BitsOfProduct(wire)));
            var scaled = party.ScaleColumns(wire, ((OpenScale)map.Weights).Wire);
            if (map.Bias is { } bias && !scaled.Value.IsHollow) scaled.Value.AddToEachRow(bias.WithMoreFractionBits(scaled.FractionBits).Value);
            return scaled;
        });
    }

    public ValueTask<Share> Relu(Party party, Share x) => Rectification.Relu(party, x);

    public async ValueTask<Share> Tanh(Party party, Share x) => await party.TruncateTo(await party.HyperbolicTangent(x));

    public async ValueTask<Share> Gelu(Party party, Share x) => await party.TruncateTo(await party.GaussianErrorLinearUnit(x));

    public ValueTask<Share> Softmax(Party party, Share scores, int[] rowStarts) => party.SoftmaxOfRows(scores, rowStarts);

    /// <summary>BERT's ε of 10⁻¹² is nothing in fixed point; one of 2^−24 changes a row of variance 0.01 by 3·10⁻⁶ of itself.</summary>
    public ValueTask<Share> Normalize(Party party, Share rows, double epsilon) =>
        LayerNormalisation.Normalize(party, rows, Math.Max(epsilon, LayerNormalisation.LeastEpsilon));

    public ValueTask<(Share Cosine, Share Sine)> CosineAndSineOfTurns(Party party, Share turns) => Cosine.CosineAndSineOfTurns(party, turns);

    public ValueTask<Share> Reciprocal(Party party, Share x, double low, double high, int fractionBits) => party.Invert(x, low, high, fractionBits);

    public ValueTask<Share> InverseSquareRoot(Party party, Share x, int fractionBits) => party.InvertSquareRoot(x, fractionBits);

    public async ValueTask<Share> AtLeast(Party party, Share x, double floor) => await Clamping.AtLeast(party, await party.Mask(x), floor);

    sealed record OpenMatrix(FixedWeights Weights) : KeptWeights(Weights.Shape, Weights.FractionBits);

    sealed record OpenScale(Masked Wire) : KeptWeights(Wire.Shape, Wire.FractionBits);
}
