namespace MpcActors.Models.Clear.Training;

/// <summary>A pass of some texts, kept for its way back. Embeddings are row-major [texts, width], of unit length.</summary>
public sealed class EncoderPass
{
    internal EncoderPass(
        IReadOnlyList<int[]> texts, int[] lengths, TrainableLayer.Trace[] layers, float[] pooled, float[] squashed, float[] embeddings) =>
        (Texts, Lengths, Layers, Pooled, Squashed, Embeddings) = (texts, lengths, layers, pooled, squashed, embeddings);

    public float[] Embeddings { get; }

    internal IReadOnlyList<int[]> Texts { get; }

    /// <summary>Rows of each text.</summary>
    internal int[] Lengths { get; }

    internal IReadOnlyList<TrainableLayer.Trace> Layers { get; }

    internal float[] Pooled { get; }

    internal float[] Squashed { get; }
}

/// <summary>Gradients that enter a way back inside the encoder; null where there is none.</summary>
/// <param name="ByDenominator">For a layer, the gradient by one attention denominator given it.</param>
internal sealed record HiddenGradients(float[]?[] Middles, float[]?[] Outputs, float[]? Pooled, Func<int, Func<float, float>?> ByDenominator);
