namespace MpcActors.Models.Clear.Training;

/// <summary>y = x W + b and its way back; W is [In, Out].</summary>
internal sealed class TrainableDense(TrainableTensor weight, TrainableTensor bias)
{
    public int In => weight.Shape[0];

    public int Out => weight.Shape[1];

    public float[] Forward(float[] x)
    {
        var y = new float[x.Length / In * Out];
        for (var at = 0; at < y.Length; at += Out) bias.Value.CopyTo(y, at);
        SingleProduct.Multiply(new(x, In), new(weight.Value, Out), new(y, Out), accumulate: true);
        return y;
    }

    /// <summary>Adds to the gradients of W and b; the gradient by x where it is asked for.</summary>
    public float[]? Backward(float[] x, float[] dy, bool isInputWanted = true)
    {
        if (weight.IsTrained) SingleProduct.Multiply(new SingleMatrix(x, In).Transposed, new(dy, Out), new(weight.Gradient, Out), accumulate: true);
        if (bias.IsTrained) SingleRows.AddRows(dy, bias.Gradient);
        if (!isInputWanted) return null;
        var dx = new float[x.Length];
        SingleProduct.Multiply(new(dy, Out), new SingleMatrix(weight.Value, Out).Transposed, new(dx, In));
        return dx;
    }
}
