using MpcActors.Ring;

namespace MpcActors.Protocols.Training;

/// <summary>Which protocols do the operations of a training step beside those of a forward pass (<see cref="ISuite"/>).</summary>
/// <remarks>
/// Shares come with any number of fraction bits, and results may have more than <see cref="FixedPoint.FractionBits"/>; whoever opens a wire truncates it.
/// A matrix's parts are widths of maps that stand side by side in it, as in <see cref="LinearMap"/>; none is one map.
/// </remarks>
public interface ITrainingSuite
{
    /// <summary>The same protocols for a forward pass.</summary>
    ISuite Forward { get; }

    /// <summary>Fraction bits of trained parameters between two steps; a step smaller than their unit is none.</summary>
    int ParameterBits { get; }

    /// <summary>Of a square's running sum.</summary>
    int SquareBits { get; }

    /// <summary>Takes shares for any number of gates, all in the same rounds, or in none.</summary>
    ValueTask<Wire[]> Open(Party party, params Share[] shares);

    /// <summary>A wire that products of matrices and of blocks alone read from now on, in the form that takes the least memory. Local.</summary>
    /// <param name="wire">Nobody may read it again.</param>
    Wire ForProducts(Party party, Wire wire);

    /// <summary>Takes a share for such products, and for nothing else.</summary>
    async ValueTask<Wire> OpenForProducts(Party party, Share share) => ForProducts(party, (await Open(party, share))[0]);

    /// <summary>The wire as a share of 16 fraction bits. Local.</summary>
    Share ValueOf(Party party, Wire wire);

    /// <summary>x · W.</summary>
    ValueTask<Share> Product(Party party, Wire x, Wire w, int[] parts);

    /// <summary>g · Wᵀ: the gradient by the input of a map.</summary>
    ValueTask<Share> ProductWithTransposed(Party party, Wire g, Wire w, int[] parts);

    /// <summary>xᵀ · g: the gradient by the weights of a map.</summary>
    ValueTask<Share> TransposedProduct(Party party, Wire x, Wire g, int[] parts);

    /// <summary>All blocks of two tensors, as attention needs them.</summary>
    ValueTask<Share> MultiplyBlocks(Party party, Shape result, Wire left, Wire right, IReadOnlyList<Block> blocks);

    /// <summary>Element by element.</summary>
    ValueTask<Share> Multiply(Party party, Wire x, Wire y);

    /// <summary>Element by element with itself.</summary>
    ValueTask<Share> Square(Party party, Wire x);

    /// <summary>Each row of x times one row.</summary>
    ValueTask<Share> ScaleColumns(Party party, Wire x, Wire row);

    /// <summary>Each row of x times a number of its own.</summary>
    /// <param name="column">One number a row.</param>
    ValueTask<Share> ScaleRows(Party party, Wire x, Wire column);

    /// <summary>Times a public number, truncated.</summary>
    ValueTask<Share> Scale(Party party, Share x, double factor, int fractionBits);

    /// <summary>m over the root of v, kept from growing without bound where v is near 0: m/√(v + ε²) or m/(√v + ε), as the suite has it.</summary>
    ValueTask<Share> DivideByRoot(Party party, Share m, Share v, double epsilon);

    ValueTask<Traced> Gelu(Party party, Share x);

    ValueTask<Traced> Relu(Party party, Share x);

    /// <summary>P ⊙ (G − Σ_row P ⊙ G): the gradient by the scores of a softmax.</summary>
    /// <param name="weights">P, read as one row; 0 where a score does not count.</param>
    /// <param name="rowStarts">As for <see cref="ISuite.Softmax"/>.</param>
    ValueTask<Share> SoftmaxBackward(Party party, Wire weights, Share gradient, int[] rowStarts);

    /// <summary>(x − mean) / √(variance + <paramref name="epsilon"/>) of each row.</summary>
    ValueTask<TracedWire> Normalize(Party party, Share rows, double epsilon);
}
