namespace MpcActors.Data.Transformers;

/// <summary>
/// The weights of a transformer, from wherever they come. A layer is read when it is asked for and not kept, so that a caller who goes
/// through the layers one by one never holds more than one.
/// </summary>
public interface ITransformerWeights
{
    TransformerConfig Config { get; }

    EmbeddingWeights Embeddings { get; }

    /// <summary>Layer 0 to <see cref="TransformerConfig.Layers"/> − 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer.</exception>
    LayerWeights Layer(int index);

    HeadWeights Head { get; }
}
