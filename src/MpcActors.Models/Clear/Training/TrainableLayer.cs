namespace MpcActors.Models.Clear.Training;

/// <summary>One layer of the encoder; see <see cref="Data.EncoderLayer"/> for what it computes.</summary>
internal sealed class TrainableLayer
{
    private readonly TrainableNorm attentionNorm, feedForwardNorm;
    private readonly TrainableDense queryKeyValue, attentionOutput, feedForwardIn, feedForwardOut;
    private readonly TrainableDense? residual;
    private readonly FeatureMap features;
    private readonly AttentionCore core;
    private readonly TrainedAttention attention;
    private readonly int width;

    public TrainableLayer(Data.EncoderLayer layer, TrainedAttention attention, Func<string, TrainableTensor> tensor, string name, string omega)
    {
        this.attention = attention;
        width = layer.Heads * layer.HeadWidth;
        attentionNorm = Norm("ln1");
        queryKeyValue = Dense("attn.qkv");
        attentionOutput = Dense("attn.out");
        residual = layer.Residual is null ? null : Dense("residual");
        feedForwardNorm = Norm("ln2");
        feedForwardIn = Dense("ffn.in");
        feedForwardOut = Dense("ffn.out");
        features = new FeatureMap(attention == TrainedAttention.RandomFeatures ? tensor(omega) : null, layer.Heads, layer.HeadWidth);
        core = new AttentionCore(attention, layer.Heads, features.Width, layer.HeadWidth);

        TrainableNorm Norm(string part) => new(tensor($"{name}{part}.scale"), tensor($"{name}{part}.bias"));
        TrainableDense Dense(string part) => new(tensor($"{name}{part}.weight"), tensor($"{name}{part}.bias"));
    }

    /// <summary>What the way back needs, and what a student compares with its teacher.</summary>
    /// <param name="Middle">After attention and the sum with the input.</param>
    /// <param name="Output">After feed-forward; null where the pass ended before it.</param>
    internal sealed record Trace(
        float[] Input, TrainableNorm.Trace Norm, float[] Projected, Attended Attended, AttentionCore.Trace Attention, float[] Middle,
        TrainableNorm.Trace? FeedForwardNorm = null, float[]? Hidden = null, float[]? Output = null);

    /// <summary>The layer up to the sum of attention and input.</summary>
    public Trace ForwardAttention(float[] x, int[] lengths)
    {
        var norm = attentionNorm.Forward(x);
        var projected = queryKeyValue.Forward(norm.Output);
        var rows = new SingleMatrix(projected, 3 * width);
        var isUniform = attention == TrainedAttention.Uniform;
        var attended = new Attended(isUniform ? [] : features.Forward(rows, 0), isUniform ? [] : features.Forward(rows, width), projected, 3 * width, 2 * width);
        var trace = core.Forward(attended, lengths);
        var middle = attentionOutput.Forward(trace.Output);
        SingleRows.AddScaled(middle, residual is null ? x : residual.Forward(x), 1);
        return new Trace(x, norm, projected, attended, trace, middle);
    }

    public Trace Forward(float[] x, int[] lengths)
    {
        var trace = ForwardAttention(x, lengths);
        var norm = feedForwardNorm.Forward(trace.Middle);
        var hidden = feedForwardIn.Forward(norm.Output);
        for (var i = 0; i < hidden.Length; i++) hidden[i] = MathF.Max(hidden[i], 0);
        var output = feedForwardOut.Forward(hidden);
        SingleRows.AddScaled(output, trace.Middle, 1);
        return trace with { FeedForwardNorm = norm, Hidden = hidden, Output = output };
    }

    /// <summary>From the gradient by <see cref="Trace.Output"/> to that by <see cref="Trace.Middle"/>.</summary>
    public float[] BackwardFeedForward(Trace trace, float[] dy)
    {
        var dHidden = feedForwardOut.Backward(trace.Hidden!, dy)!;
        for (var i = 0; i < dHidden.Length; i++)
            if (trace.Hidden![i] <= 0) dHidden[i] = 0;
        var dMiddle = dy.AsSpan().ToArray();
        feedForwardNorm.Backward(trace.FeedForwardNorm!, feedForwardIn.Backward(trace.FeedForwardNorm!.Output, dHidden)!, dMiddle);
        return dMiddle;
    }

    /// <summary>From the gradient by <see cref="Trace.Middle"/> to that by <see cref="Trace.Input"/>; null where it is not wanted.</summary>
    public float[]? BackwardAttention(Trace trace, int[] lengths, float[] dMiddle, Func<float, float>? byDenominator, bool isInputWanted)
    {
        var dAttention = attentionOutput.Backward(trace.Attention.Output, dMiddle)!;
        var gradients = core.Backward(trace.Attended, lengths, trace.Attention, dAttention, byDenominator);
        var (rows, dRows) = (new SingleMatrix(trace.Projected, 3 * width), new SingleMatrix(gradients.Values, 3 * width));
        if (attention != TrainedAttention.Uniform)
        {
            features.Backward(rows, 0, trace.Attended.Queries, gradients.Queries, dRows);
            features.Backward(rows, width, trace.Attended.Keys, gradients.Keys, dRows);
        }

        var dNorm = queryKeyValue.Backward(trace.Norm.Output, gradients.Values)!;
        var dx = residual is null ? dMiddle.AsSpan().ToArray() : residual.Backward(trace.Input, dMiddle, isInputWanted) ?? new float[trace.Input.Length];
        attentionNorm.Backward(trace.Norm, dNorm, dx);
        return isInputWanted ? dx : null;
    }
}
