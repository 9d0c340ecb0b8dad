namespace MpcActors.Data.Transformers;

/// <summary>Under which names and in which form a family of models keeps its weights.</summary>
interface IWeightLayout
{
    EmbeddingWeights Embeddings();

    LayerWeights Layer(int index);

    /// <param name="words">The words' table, for a tied decoder.</param>
    HeadWeights Head(float[] words);
}
