using System.Numerics.Tensors;

namespace MpcActors.Models.Clear;

/// <summary>How one query weighs its keys. Everything else about attention is the same for all.</summary>
internal interface IClearAttention
{
    /// <summary>Numbers that a query or key of this width turns into before the dot product.</summary>
    int FeatureWidth(int keyWidth);

    void Features(ReadOnlySpan<double> source, Span<double> destination);

    /// <summary>Dot products of one query's features with all keys' become the weights of the values, in place.</summary>
    void Weigh(Span<double> scores, int keyWidth);

    static IClearAttention Of(AttentionKind kind) => kind switch
    {
        AttentionKind.Softmax => new ClearSoftmax(),
        AttentionKind.RandomFeatures => new ClearRandomFeatures(),
        AttentionKind.Uniform => new ClearUniform(),
        _ => throw new ArgumentException($"{kind} is no known attention", nameof(kind)),
    };
}

internal sealed class ClearSoftmax : IClearAttention
{
    public int FeatureWidth(int keyWidth) => keyWidth;

    public void Features(ReadOnlySpan<double> source, Span<double> destination) => source.CopyTo(destination);

    public void Weigh(Span<double> scores, int keyWidth)
    {
        TensorPrimitives.Subtract(scores, TensorPrimitives.Max<double>(scores), scores);
        FixedOrder.Exp(scores);
        TensorPrimitives.Divide(scores, FixedOrder.Sum(scores), scores);
    }
}

internal sealed class ClearRandomFeatures : IClearAttention
{
    public int FeatureWidth(int keyWidth) => 2 * keyWidth;

    /// <summary>Phases in turns to [cos 2πt, sin 2πt]; whole turns go first, they cost precision and change nothing.</summary>
    public void Features(ReadOnlySpan<double> source, Span<double> destination)
    {
        var cos = destination[..source.Length];
        var sin = destination[source.Length..];
        for (var i = 0; i < source.Length; i++) (sin[i], cos[i]) = Math.SinCos(Math.Tau * (source[i] - Math.Round(source[i])));
    }

    public void Weigh(Span<double> scores, int keyWidth)
    {
        TensorPrimitives.Divide(scores, (double)keyWidth * scores.Length, scores);
        TensorPrimitives.Divide(scores, Math.Max(FixedOrder.Sum(scores), Data.RandomFeatures.DenominatorFloor), scores);
    }
}

internal sealed class ClearUniform : IClearAttention
{
    public int FeatureWidth(int keyWidth) => 0;

    public void Features(ReadOnlySpan<double> source, Span<double> destination)
    {
    }

    public void Weigh(Span<double> scores, int keyWidth) => scores.Fill(1.0 / scores.Length);
}
