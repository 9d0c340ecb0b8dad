using System.Runtime.Intrinsics;

namespace MpcActors.Models.Clear.Training;

/// <param name="Decay">Of the weights, apart from the gradient (AdamW).</param>
/// <param name="Clip">Longest joint gradient; longer ones are scaled down. Zero clips none.</param>
public sealed record SingleAdamSettings(float FirstDecay = 0.9f, float SecondDecay = 0.98f, float Epsilon = 1e-8f, float Decay = 0, float Clip = 1);

/// <summary>Adam (Kingma and Ba, ICLR 2015) in single precision, of tensors that are trained when it is made.</summary>
public sealed class SingleAdam
{
    private readonly SingleAdamSettings settings;

    public SingleAdam(IEnumerable<TrainableTensor> tensors, SingleAdamSettings settings)
    {
        this.settings = settings;
        Moments = [.. tensors.Where(tensor => tensor.IsTrained).Select(tensor => (tensor, new float[tensor.Value.Length], new float[tensor.Value.Length]))];
    }

    /// <summary>Steps taken; set with the moments when a run goes on.</summary>
    public int Steps { get; set; }

    /// <summary>The optimiser's state, tensor by tensor.</summary>
    public IReadOnlyList<(TrainableTensor Tensor, float[] First, float[] Second)> Moments { get; }

    /// <summary>Takes a step against the gradients and clears them.</summary>
    /// <param name="rate">For a tensor; zero leaves it where it is.</param>
    /// <returns>Length of the joint gradient before it was clipped.</returns>
    public double Step(Func<TrainableTensor, float> rate)
    {
        var squares = new double[Moments.Count];
        Parallel.For(0, squares.Length, i => squares[i] = SingleRows.Squares(Moments[i].Tensor.Gradient));
        var length = Math.Sqrt(squares.Sum());
        var scale = settings.Clip > 0 && length > settings.Clip ? (float)(settings.Clip / length) : 1;
        Steps++;
        var (first, second) = (1 - Math.Pow(settings.FirstDecay, Steps), 1 - Math.Pow(settings.SecondDecay, Steps));
        Parallel.For(0, Moments.Count, i =>
        {
            var (tensor, m, v) = Moments[i];
            Update(tensor, m, v, scale, (float)(rate(tensor) / first), (float)(1 / Math.Sqrt(second)), rate(tensor) * settings.Decay);
            tensor.ClearGradient();
        });
        return length;
    }

    private void Update(TrainableTensor tensor, float[] m, float[] v, float scale, float rate, float root, float decay)
    {
        var (values, gradients) = (tensor.Value, tensor.Gradient);
        var (keep1, keep2) = (settings.FirstDecay, settings.SecondDecay);
        var i = 0;
        for (; i + 8 <= values.Length; i += 8)
        {
            var g = Vector256.LoadUnsafe(ref gradients[i]) * scale;
            var first = Vector256.LoadUnsafe(ref m[i]) * keep1 + g * (1 - keep1);
            var second = Vector256.LoadUnsafe(ref v[i]) * keep2 + g * g * (1 - keep2);
            first.StoreUnsafe(ref m[i]);
            second.StoreUnsafe(ref v[i]);
            var value = Vector256.LoadUnsafe(ref values[i]);
            (value - (first * rate / (Vector256.Sqrt(second) * root + Vector256.Create(settings.Epsilon)) + value * decay)).StoreUnsafe(ref values[i]);
        }

        for (; i < values.Length; i++)
        {
            var g = gradients[i] * scale;
            m[i] = m[i] * keep1 + g * (1 - keep1);
            v[i] = v[i] * keep2 + g * g * (1 - keep2);
            values[i] -= m[i] * rate / (MathF.Sqrt(v[i]) * root + settings.Epsilon) + values[i] * decay;
        }
    }
}
