using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>Shared weights as a suite keeps them between products: opened under their mask once, or shares that each product opens anew.</summary>
/// <remarks>Weights of one row are a scale: a product with them multiplies each row element by element.</remarks>
public abstract record KeptWeights(Shape Shape, int FractionBits)
{
    public bool IsScale => Shape.Rows == 1;
}

/// <summary>One linear map of a layer: x·W + b, or x ⊙ w + b for a scale.</summary>
/// <param name="Bias">A row of 16 fraction bits, or none.</param>
/// <param name="Parts">Widths of the maps that stand side by side in W, such as queries, keys and values: a suite that opens its factors at each product opens x for each of them. None: one map.</param>
public sealed record LinearMap(KeptWeights Weights, Share? Bias, params int[] Parts);
