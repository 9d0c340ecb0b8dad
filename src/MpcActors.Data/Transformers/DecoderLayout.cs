namespace MpcActors.Data.Transformers;

/// <summary>GPT-2's names.</summary>
sealed class DecoderLayout(HuggingFaceConfig config, WeightSource source) : IWeightLayout
{
    readonly TransformerConfig sizes = config.Sizes;

    string Prefix => source.Has("transformer.wte.weight") ? "transformer." : "";

    public EmbeddingWeights Embeddings() => new(
        source.Take(Prefix + "wte.weight", sizes.Vocabulary, sizes.Width), source.Take(Prefix + "wpe.weight", sizes.Positions, sizes.Width), null, null);

    public LayerWeights Layer(int index)
    {
        var name = $"{Prefix}h.{index}.";
        var width = sizes.Width;
        var attention = source.JoinedConv1D(name + "attn.c_attn", width, width, 3);
        return new(
            attention[0], attention[1], attention[2], source.Conv1D(name + "attn.c_proj", width, width), source.Norm(name + "ln_1", width),
            source.Conv1D(name + "mlp.c_fc", width, sizes.FeedForward), source.Conv1D(name + "mlp.c_proj", sizes.FeedForward, width), source.Norm(name + "ln_2", width));
    }

    public HeadWeights Head(float[] words)
        => new(null, source.Norm(Prefix + "ln_f", sizes.Width), config.IsTied ? words : source.Take("lm_head.weight", sizes.Vocabulary, sizes.Width), null);
}
