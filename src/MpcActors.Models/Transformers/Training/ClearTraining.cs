using MpcActors.Data.Transformers;

namespace MpcActors.Models.Transformers.Training;

/// <summary>A training step in the clear, in double precision and with the functions themselves: the twin that a step on shares is compared with.</summary>
/// <remarks>The same layers and names as <see cref="TrainableTransformer"/> with <see cref="TuningMethod.Layers"/>; plain loops, for models of test size.</remarks>
public sealed class ClearTraining(TransformerConfig config, int classes, Func<string, double[]> tensors)
{
    readonly Dictionary<string, double[]> _gradients = [];

    /// <summary>Gradients of the mean cross-entropy by the tensors' names, the loss, and the gradient by the input.</summary>
    /// <param name="rows">[sum of lengths, width].</param>
    public (IReadOnlyDictionary<string, double[]> Gradients, double Loss, double[] InputGradient) Gradients(double[] rows, int[] labels, int[] lengths, int[] answers)
    {
        _gradients.Clear();
        var starts = new int[lengths.Length + 1];
        for (var i = 0; i < lengths.Length; i++) starts[i + 1] = starts[i] + lengths[i];
        var ways = new Stack<Func<double[], double[]>>();
        var x = rows;
        for (var i = 0; i < config.Layers; i++) x = Push(Layer($"layer {i}", x, starts));
        x = Push(Answers(x, [.. answers.Select((answer, text) => starts[text] + answer)]));
        if (!config.IsCausal)
        {
            x = Push(Dense("head.transform", x, config.Width, config.Width));
            x = Push(Gelu(x));
        }

        x = Push(Norm("head.norm", x));
        x = Push(Dense("head.labels", x, config.Width, classes, hasBias: !config.IsCausal));

        var (gradient, loss) = (x.ToArray(), 0.0);
        for (var text = 0; text < labels.Length; text++)
        {
            var row = gradient.AsSpan(text * classes, classes);
            new ExactFunctions().Softmax(row);
            loss -= Math.Log(row[labels[text]]) / labels.Length;
            row[labels[text]] -= 1;
            foreach (ref var value in row) value /= labels.Length;
        }

        foreach (var way in ways) gradient = way(gradient);
        return (_gradients, loss, gradient);

        double[] Push((double[] Value, Func<double[], double[]> Backward) traced)
        {
            ways.Push(traced.Backward);
            return traced.Value;
        }
    }

    (double[], Func<double[], double[]>) Layer(string name, double[] x, int[] starts)
    {
        var (width, inner) = (config.Width, config.FeedForward);
        var attention = Residual(x, config.IsCausal ? $"{name}.attention_norm" : null, input => Chain(input,
            v => Dense($"{name}.query_key_value", v, width, 3 * width), v => Attention(v, starts), v => Dense($"{name}.attention_output", v, width, width)));
        var middle = config.IsCausal ? attention : Chain(x, _ => attention, v => Norm($"{name}.attention_norm", v));
        return config.IsCausal
            ? Chain(x, _ => middle, v => Residual(v, $"{name}.feed_forward_norm", FeedForward))
            : Chain(x, _ => middle, v => Residual(v, null, FeedForward), v => Norm($"{name}.feed_forward_norm", v));

        (double[], Func<double[], double[]>) FeedForward(double[] input) => Chain(input,
            v => Dense($"{name}.feed_forward_in", v, width, inner), Gelu, v => Dense($"{name}.feed_forward_out", v, inner, width));
    }

    static (double[], Func<double[], double[]>) Chain(double[] x, params Func<double[], (double[] Value, Func<double[], double[]> Backward)>[] functions)
    {
        var ways = new Stack<Func<double[], double[]>>();
        foreach (var function in functions)
        {
            var traced = function(x);
            x = traced.Value;
            ways.Push(traced.Backward);
        }

        return (x, gradient => ways.Aggregate(gradient, (g, way) => way(g)));
    }

    /// <summary>x + f(x), or x + f(norm(x)).</summary>
    (double[], Func<double[], double[]>) Residual(double[] x, string? norm, Func<double[], (double[] Value, Func<double[], double[]> Backward)> inner)
    {
        var (value, back) = norm is null ? inner(x) : Chain(x, v => Norm(norm, v), inner);
        return (Sum(x, value), gradient => Sum(gradient, back(gradient)));
    }

    (double[], Func<double[], double[]>) Dense(string name, double[] x, int from, int to, bool hasBias = true)
    {
        var (weight, bias, rows) = (tensors($"{name}.weight"), hasBias ? tensors($"{name}.bias") : new double[to], x.Length / from);
        var result = new double[rows * to];
        for (var r = 0; r < rows; r++)
        {
            bias.CopyTo(result, r * to);
            for (var i = 0; i < from; i++)
                for (var j = 0; j < to; j++) result[r * to + j] += x[r * from + i] * weight[i * to + j];
        }

        return (result, gradient =>
        {
            var (ofWeight, ofBias, ofInput) = (new double[weight.Length], new double[to], new double[x.Length]);
            for (var r = 0; r < rows; r++)
                for (var j = 0; j < to; j++)
                {
                    var g = gradient[r * to + j];
                    ofBias[j] += g;
                    for (var i = 0; i < from; i++)
                    {
                        ofWeight[i * to + j] += x[r * from + i] * g;
                        ofInput[r * from + i] += weight[i * to + j] * g;
                    }
                }

            _gradients[$"{name}.weight"] = ofWeight;
            if (hasBias) _gradients[$"{name}.bias"] = ofBias;
            return ofInput;
        });
    }

    (double[], Func<double[], double[]>) Norm(string name, double[] x)
    {
        var (scale, bias, width) = (tensors($"{name}.scale"), tensors($"{name}.bias"), config.Width);
        var (normalised, result, roots) = (x.ToArray(), new double[x.Length], new double[x.Length / width]);
        for (var r = 0; r < roots.Length; r++)
        {
            var row = normalised.AsSpan(r * width, width);
            var mean = FixedOrder.Sum(row) / width;
            foreach (ref var value in row) value -= mean;
            roots[r] = 1 / Math.Sqrt(FixedOrder.Dot(row, row) / width + config.Epsilon);
            for (var i = 0; i < width; i++) result[r * width + i] = (row[i] *= roots[r]) * scale[i] + bias[i];
        }

        return (result, gradient =>
        {
            var (ofScale, ofBias, ofInput) = (new double[width], new double[width], new double[x.Length]);
            for (var r = 0; r < roots.Length; r++)
            {
                var (mean, product) = (0.0, 0.0);
                for (var i = 0; i < width; i++)
                {
                    var (g, n) = (gradient[r * width + i], normalised[r * width + i]);
                    ofScale[i] += g * n;
                    ofBias[i] += g;
                    mean += g * scale[i] / width;
                    product += g * scale[i] * n / width;
                }

                for (var i = 0; i < width; i++)
                    ofInput[r * width + i] = roots[r] * (gradient[r * width + i] * scale[i] - mean - normalised[r * width + i] * product);
            }

            (_gradients[$"{name}.scale"], _gradients[$"{name}.bias"]) = (ofScale, ofBias);
            return ofInput;
        });
    }

    static (double[], Func<double[], double[]>) Gelu(double[] x)
    {
        var result = x.ToArray();
        new ExactFunctions().Gelu(result);
        return (result, gradient =>
        {
            var back = new double[x.Length];
            for (var i = 0; i < x.Length; i++)
                back[i] = gradient[i] * (Clear.ErrorFunction.Erfc(-x[i] / Math.Sqrt(2)) / 2 + x[i] * Math.Exp(-x[i] * x[i] / 2) / Math.Sqrt(Math.Tau));
            return back;
        });
    }

    (double[], Func<double[], double[]>) Attention(double[] x, int[] starts)
    {
        var (width, stride, depth) = (config.Width, 3 * config.Width, config.HeadWidth);
        var result = new double[x.Length / 3];
        var weights = new List<(int Row, int First, int Head, double[] P)>();
        for (var text = 0; text < starts.Length - 1; text++)
            for (var head = 0; head < config.Heads; head++)
                for (var row = starts[text]; row < starts[text + 1]; row++)
                {
                    var p = new double[config.IsCausal ? row - starts[text] + 1 : starts[text + 1] - starts[text]];
                    for (var j = 0; j < p.Length; j++)
                        p[j] = FixedOrder.Dot(Part(x, row, 0, head), Part(x, starts[text] + j, 1, head)) / Math.Sqrt(depth);
                    new ExactFunctions().Softmax(p);
                    weights.Add((row, starts[text], head, p));
                    for (var j = 0; j < p.Length; j++) AddTo(result.AsSpan(row * width + head * depth, depth), p[j], Part(x, starts[text] + j, 2, head));
                }

        return (result, gradient =>
        {
            var back = new double[x.Length];
            foreach (var (row, first, head, p) in weights)
            {
                var g = gradient.AsSpan(row * width + head * depth, depth);
                var ofScores = new double[p.Length];
                for (var j = 0; j < p.Length; j++)
                {
                    ofScores[j] = FixedOrder.Dot(g, Part(x, first + j, 2, head));
                    AddTo(Part(back, first + j, 2, head), p[j], g);
                }

                var sum = FixedOrder.Dot(p, ofScores);
                for (var j = 0; j < p.Length; j++)
                {
                    var ofScore = p[j] * (ofScores[j] - sum) / Math.Sqrt(depth);
                    AddTo(Part(back, row, 0, head), ofScore, Part(x, first + j, 1, head));
                    AddTo(Part(back, first + j, 1, head), ofScore, Part(x, row, 0, head));
                }
            }

            return back;
        });

        Span<double> Part(double[] from, int row, int index, int head) => from.AsSpan(row * stride + index * width + head * depth, depth);
    }

    (double[], Func<double[], double[]>) Answers(double[] x, int[] answers)
    {
        var (width, result) = (config.Width, new double[answers.Length * config.Width]);
        for (var i = 0; i < answers.Length; i++) x.AsSpan(answers[i] * width, width).CopyTo(result.AsSpan(i * width));
        return (result, gradient =>
        {
            var back = new double[x.Length];
            for (var i = 0; i < answers.Length; i++) gradient.AsSpan(i * width, width).CopyTo(back.AsSpan(answers[i] * width));
            return back;
        });
    }

    static void AddTo(Span<double> target, double factor, ReadOnlySpan<double> addend)
    {
        for (var i = 0; i < target.Length; i++) target[i] += factor * addend[i];
    }

    static double[] Sum(double[] left, double[] right) => [.. left.Zip(right, (x, y) => x + y)];
}
