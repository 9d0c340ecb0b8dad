namespace MpcActors.Protocols;

/// <summary>Our own protocols: wires opened once, exact truncation, angles in turns, comparisons side by side, no iterations.</summary>
public sealed class FusedSuite : ISuite
{
    public string Name => "fused";

    public ValueTask<Share> Relu(Party party, Share x) => Rectification.Relu(party, x);

    public async ValueTask<Share> Tanh(Party party, Share x) => await party.TruncateTo(await party.HyperbolicTangent(x));

    public async ValueTask<Share> Gelu(Party party, Share x) => await party.TruncateTo(await party.GaussianErrorLinearUnit(x));

    public ValueTask<Share> Softmax(Party party, Share scores, int[] rowStarts) => party.SoftmaxOfRows(scores, rowStarts);

    public ValueTask<Share> Normalize(Party party, Share rows, double epsilon) => LayerNormalisation.Normalize(party, rows, epsilon);

    public ValueTask<(Share Cosine, Share Sine)> CosineAndSineOfTurns(Party party, Share turns) => Cosine.CosineAndSineOfTurns(party, turns);

    public ValueTask<Share> Reciprocal(Party party, Share x, double low, double high, int fractionBits) => party.Invert(x, low, high, fractionBits);

    public ValueTask<Share> InverseSquareRoot(Party party, Share x, int fractionBits) => party.InvertSquareRoot(x, fractionBits);

    public async ValueTask<Share> AtLeast(Party party, Share x, double floor) => await Clamping.AtLeast(party, await party.Mask(x), floor);
}
