namespace MpcActors.Protocols.Hybrid;

/// <summary>PriFFT's hybrid for whole models: linear parts on additive shares, functions by keys on masked wires.</summary>
/// <remarks>
/// Products are those of <see cref="FusedSuite"/>. Every comparison is one key and at most one round (<see cref="FunctionSecretSharing.KeyComparison"/>), where that suite has three
/// rounds and a thirtieth of what is dealt; softmax has no maximum (<see cref="BoundedSoftmax"/>), so scores more than 6.9 from their row's mean are cut off.
/// </remarks>
public sealed class PriFftSuite : ISuite
{
    readonly FusedSuite _linear = new();

    public string Name => "prifft";

    public ValueTask<KeptWeights[]> Keep(Party party, params Share[] weights) => _linear.Keep(party, weights);

    public ValueTask<Share[]> Linear(Party party, Share x, params LinearMap[] maps) => _linear.Linear(party, x, maps);

    public ValueTask<Share> Relu(Party party, Share x) => Rectification.Relu(party, x, byKeys: true);

    public async ValueTask<Share> Tanh(Party party, Share x) => await party.TruncateTo(await party.TanhByKeys(x));

    public async ValueTask<Share> Gelu(Party party, Share x) => await party.TruncateTo(await party.GaussianErrorLinearUnit(x, byKeys: true));

    public ValueTask<Share> Softmax(Party party, Share scores, int[] rowStarts) => party.SoftmaxOfRowsWithoutMaximum(scores, rowStarts);

    /// <summary>As in <see cref="FusedSuite.Normalize"/>, an ε below 2^−24 is 2^−24.</summary>
    public ValueTask<Share> Normalize(Party party, Share rows, double epsilon) =>
        LayerNormalisation.Normalize(party, rows, Math.Max(epsilon, LayerNormalisation.LeastEpsilon), byKeys: true);

    /// <summary>One round already: an angle needs no key.</summary>
    public ValueTask<(Share Cosine, Share Sine)> CosineAndSineOfTurns(Party party, Share turns) => _linear.CosineAndSineOfTurns(party, turns);

    public async ValueTask<Share> Reciprocal(Party party, Share x, double low, double high, int fractionBits)
    {
        var inverse = await party.InvertByKeys(x, low, high);
        return inverse.FractionBits >= fractionBits ? await party.TruncateTo(inverse, fractionBits) : inverse.WithMoreFractionBits(fractionBits);
    }

    public ValueTask<Share> InverseSquareRoot(Party party, Share x, int fractionBits) => party.InvertSquareRoot(x, fractionBits, byKeys: true);

    public async ValueTask<Share> AtLeast(Party party, Share x, double floor) => await Clamping.AtLeast(party, await party.Mask(x), floor, byKeys: true);
}
