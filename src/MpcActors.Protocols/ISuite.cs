namespace MpcActors.Protocols;

/// <summary>Which protocol does which operation of a model: a type, not a flag. Models are written against this and know no gate.</summary>
/// <remarks>
/// Shares come with any number of fraction bits (a product need not be truncated first), results have
/// <see cref="Ring.FixedPoint.FractionBits"/> unless an argument says otherwise.
/// </remarks>
public interface ISuite
{
    string Name { get; }

    /// <summary>Takes over shared weights for any number of products; one round, or none.</summary>
    ValueTask<KeptWeights[]> Keep(Party party, params Share[] weights);

    /// <summary>Maps of one x, all in the same round where the suite can; results may have more than 16 fraction bits.</summary>
    /// <param name="x">[rows, inputs].</param>
    ValueTask<Share[]> Linear(Party party, Share x, params LinearMap[] maps);

    ValueTask<Share> Relu(Party party, Share x);

    ValueTask<Share> Tanh(Party party, Share x);

    ValueTask<Share> Gelu(Party party, Share x);

    /// <summary>Softmax over each of the rows that begin at <paramref name="rowStarts"/> (one more entry than rows) of scores read as one row.</summary>
    ValueTask<Share> Softmax(Party party, Share scores, int[] rowStarts);

    /// <summary>(x − mean) / √(variance + <paramref name="epsilon"/>) of each row.</summary>
    ValueTask<Share> Normalize(Party party, Share rows, double epsilon);

    /// <summary>cos 2πx and sin 2πx; the result says how many fraction bits it has.</summary>
    ValueTask<(Share Cosine, Share Sine)> CosineAndSineOfTurns(Party party, Share turns);

    /// <summary>1/x for x known to lie between <paramref name="low"/> and <paramref name="high"/>.</summary>
    ValueTask<Share> Reciprocal(Party party, Share x, double low, double high, int fractionBits);

    /// <summary>1/√x for x &gt; 0.</summary>
    ValueTask<Share> InverseSquareRoot(Party party, Share x, int fractionBits);

    /// <summary>max(x, <paramref name="floor"/>), with the fraction bits of x.</summary>
    ValueTask<Share> AtLeast(Party party, Share x, double floor);
}
