namespace MpcActors.Data.Transformers;

/// <summary>
/// A model of any size with random weights, for what depends on shapes alone: cost, memory, agreement of two implementations. Every
/// weight follows from the seed and its place, so layers may be asked for in any order, on any machine, and give the same bits.
/// </summary>
/// <remarks>
/// Weights and tables are N(0, 0.02²) at RoBERTa-large's width and scale with 1/√width, which keeps activations in the range of a
/// model at the start of its training; biases N(0, 0.02²); norms' scales N(1, 0.02²).
/// </remarks>
public sealed class RandomTransformer(TransformerConfig config, ulong seed) : ITransformerWeights
{
    const double Small = 0.02;
    const int Chunk = 1 << 15;
    const ulong StreamsPerLayer = 16;

    readonly Lazy<float[]> words = new(() => Numbers(seed, 0, (long)config.Vocabulary * config.Width, 0, Deviation(config)));

    public TransformerConfig Config => config;

    public EmbeddingWeights Embeddings => new(
        words.Value,
        Table(1, config.Positions),
        config.TokenTypes > 0 ? Table(2, config.TokenTypes) : null,
        config.Architecture == Architecture.Gpt2 ? null : Norm(3));

    public HeadWeights Head => config.Architecture == Architecture.Gpt2
        ? new(null, Norm(5), words.Value, null)
        : new(Dense(7, config.Width, config.Width), Norm(5), words.Value, Numbers(seed, 9, config.Vocabulary, 0, Small));

    public LayerWeights Layer(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, config.Layers);
        var first = ((ulong)index + 1) * StreamsPerLayer;
        return new(
            Dense(first, config.Width, config.Width), Dense(first + 2, config.Width, config.Width), Dense(first + 4, config.Width, config.Width),
            Dense(first + 6, config.Width, config.Width), Norm(first + 8),
            Dense(first + 10, config.Width, config.FeedForward), Dense(first + 12, config.FeedForward, config.Width), Norm(first + 14));
    }

    float[] Table(ulong stream, int rows) => Numbers(seed, stream, (long)rows * config.Width, 0, Deviation(config));

    DenseWeights Dense(ulong stream, int from, int to)
        => new(Numbers(seed, stream, (long)from * to, 0, Deviation(config)), Numbers(seed, stream + 1, to, 0, Small), from, to);

    NormWeights Norm(ulong stream) => new(Numbers(seed, stream, config.Width, 1, Small), Numbers(seed, stream + 1, config.Width, 0, Small));

    static double Deviation(TransformerConfig config) => 0.64 / Math.Sqrt(config.Width);

    static float[] Numbers(ulong seed, ulong stream, long count, double mean, double deviation)
    {
        var numbers = new float[count];
        Parallel.For(0, (int)((count + Chunk - 1) / Chunk), chunk =>
        {
            var first = (long)chunk * Chunk;
            CounterGaussian.Fill(seed, stream, first, numbers.AsSpan((int)first, (int)Math.Min(Chunk, count - first)), mean, deviation);
        });
        return numbers;
    }
}
