namespace MpcActors.Data.Transformers;

/// <summary>One transformer layer.</summary>
/// <param name="AttentionNorm">RoBERTa, BERT: after attention and its residual. GPT-2: ln_1, before attention.</param>
/// <param name="FeedForwardNorm">RoBERTa, BERT: after the feed-forward block and its residual. GPT-2: ln_2, before the block.</param>
public sealed record LayerWeights(
    DenseWeights Query, DenseWeights Key, DenseWeights Value, DenseWeights AttentionOutput, NormWeights AttentionNorm,
    DenseWeights FeedForwardIn, DenseWeights FeedForwardOut, NormWeights FeedForwardNorm);
