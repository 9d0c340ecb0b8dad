namespace MpcActors.Data.Transformers;

/// <summary>RoBERTa's and BERT's names.</summary>
sealed class EncoderLayout(HuggingFaceConfig config, WeightSource source) : IWeightLayout
{
    readonly TransformerConfig sizes = config.Sizes;
    readonly bool isRoberta = config.Sizes.Architecture == Architecture.Roberta;

    string Prefix => isRoberta && source.Has("roberta.embeddings.word_embeddings.weight") ? "roberta."
        : !isRoberta && source.Has("bert.embeddings.word_embeddings.weight") ? "bert."
        : "";

    public EmbeddingWeights Embeddings()
    {
        var name = Prefix + "embeddings.";
        return new(
            source.Take(name + "word_embeddings.weight", sizes.Vocabulary, sizes.Width),
            source.Take(name + "position_embeddings.weight", sizes.Positions, sizes.Width),
            source.Take(name + "token_type_embeddings.weight", sizes.TokenTypes, sizes.Width),
            source.Norm(name + "LayerNorm", sizes.Width));
    }

    public LayerWeights Layer(int index)
    {
        var name = $"{Prefix}encoder.layer.{index}.";
        var width = sizes.Width;
        return new(
            source.Linear(name + "attention.self.query", width, width), source.Linear(name + "attention.self.key", width, width),
            source.Linear(name + "attention.self.value", width, width), source.Linear(name + "attention.output.dense", width, width),
            source.Norm(name + "attention.output.LayerNorm", width),
            source.Linear(name + "intermediate.dense", width, sizes.FeedForward), source.Linear(name + "output.dense", sizes.FeedForward, width),
            source.Norm(name + "output.LayerNorm", width));
    }

    public HeadWeights Head(float[] words)
    {
        var name = isRoberta ? "lm_head" : "cls.predictions";
        var transform = isRoberta ? name : name + ".transform";
        var bias = source.Has(name + ".bias") ? name + ".bias" : name + ".decoder.bias";
        return new(
            source.Linear(transform + ".dense", sizes.Width, sizes.Width), source.Norm(transform + (isRoberta ? ".layer_norm" : ".LayerNorm"), sizes.Width),
            config.IsTied ? words : source.Take(name + ".decoder.weight", sizes.Vocabulary, sizes.Width), source.Take(bias, sizes.Vocabulary));
    }
}
