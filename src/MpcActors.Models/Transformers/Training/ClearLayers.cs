using System.Numerics.Tensors;

namespace MpcActors.Models.Transformers.Training;

/// <summary>A function's result in the clear and the way back, as <see cref="Protocols.Training.Traced"/> is on shares.</summary>
public sealed record ClearTraced(double[] Value, Func<double[], double[]> Backward);

/// <summary>The layers of <see cref="ILayer"/> in the clear, in double precision and with the functions themselves; plain loops.</summary>
public sealed class ClearLayers(Func<string, double[]> tensors)
{
    readonly Dictionary<string, double[]> _gradients = [];

    /// <summary>The values of a tensor.</summary>
    public double[] Tensor(string name) => tensors(name);

    public static int[] StartsOf(int[] lengths)
    {
        var starts = new int[lengths.Length + 1];
        for (var i = 0; i < lengths.Length; i++) starts[i + 1] = starts[i] + lengths[i];
        return starts;
    }

    /// <summary>Logits of some parts one after another, their mean cross-entropy, and its gradients by tensors and input.</summary>
    public (IReadOnlyDictionary<string, double[]> Gradients, double Loss, double[] InputGradient) Gradients(double[] rows, int[] labels, int classes, params Func<double[], ClearTraced>[] parts)
    {
        _gradients.Clear();
        var traced = Chain(rows, parts);
        var (gradient, loss) = (traced.Value.ToArray(), 0.0);
        for (var text = 0; text < labels.Length; text++)
        {
            var row = gradient.AsSpan(text * classes, classes);
            new ExactFunctions().Softmax(row);
            loss -= Math.Log(row[labels[text]]) / labels.Length;
            row[labels[text]] -= 1;
            foreach (ref var value in row) value /= labels.Length;
        }

        var input = traced.Backward(gradient);
        return (_gradients, loss, input);
    }

    public static ClearTraced Chain(double[] x, params Func<double[], ClearTraced>[] functions)
    {
        var ways = new Stack<Func<double[], double[]>>();
        foreach (var function in functions)
        {
            var traced = function(x);
            x = traced.Value;
            ways.Push(traced.Backward);
        }

        return new(x, gradient => ways.Aggregate(gradient, (g, way) => way(g)));
    }

    /// <summary>x + f(x), or s(x) + f(x).</summary>
    public static ClearTraced Residual(double[] x, Func<double[], ClearTraced>? around, params Func<double[], ClearTraced>[] inner)
    {
        var (beside, traced) = (around?.Invoke(x) ?? new(x, gradient => gradient), Chain(x, inner));
        return new(Sum(beside.Value, traced.Value), gradient => Sum(beside.Backward(gradient), traced.Backward(gradient)));
    }

    public ClearTraced Dense(string name, double[] x, int from, int to, bool hasBias = true)
    {
        var (weight, bias, rows) = (tensors($"{name}.weight"), hasBias ? tensors($"{name}.bias") : new double[to], x.Length / from);
        var result = new double[rows * to];
        for (var r = 0; r < rows; r++) bias.CopyTo(result, r * to);
        ClearProducts.Add(x, weight, result, from, to);

        return new(result, gradient =>
        {
            var (ofWeight, ofBias, ofInput) = (new double[weight.Length], new double[to], new double[x.Length]);
            for (var r = 0; r < rows; r++)
                for (var j = 0; j < to; j++) ofBias[j] += gradient[r * to + j];
            ClearProducts.Add(ClearProducts.Transposed(x, rows, from), gradient, ofWeight, rows, to);
            ClearProducts.Add(gradient, ClearProducts.Transposed(weight, from, to), ofInput, to, from);
            _gradients[$"{name}.weight"] = ofWeight;
            if (hasBias) _gradients[$"{name}.bias"] = ofBias;
            return ofInput;
        });
    }

    /// <summary>A map with a low-rank addition, as <see cref="LowRankLayer"/>; a rank of 0 is none.</summary>
    public ClearTraced Projection(string name, double[] x, int from, int to, int rank) => rank == 0
        ? Dense(name, x, from, to)
        : Residual(x, v => Dense(name, v, from, to), v => Dense($"{name}.down", v, from, rank, hasBias: false), v => Dense($"{name}.up", v, rank, to, hasBias: false));

    public ClearTraced Norm(string name, double[] x, int width, double epsilon)
    {
        var (scale, bias) = (tensors($"{name}.scale"), tensors($"{name}.bias"));
        var (normalised, result, roots) = (x.ToArray(), new double[x.Length], new double[x.Length / width]);
        for (var r = 0; r < roots.Length; r++)
        {
            var row = normalised.AsSpan(r * width, width);
            var mean = FixedOrder.Sum(row) / width;
            foreach (ref var value in row) value -= mean;
            roots[r] = 1 / Math.Sqrt(FixedOrder.Dot(row, row) / width + epsilon);
            for (var i = 0; i < width; i++) result[r * width + i] = (row[i] *= roots[r]) * scale[i] + bias[i];
        }

        return new(result, gradient =>
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

    /// <summary>Some rows; the others get a gradient of zero.</summary>
    public static ClearTraced Rows(double[] x, int width, int[] rows) => new(
        [.. rows.SelectMany(row => x[(row * width)..((row + 1) * width)])],
        gradient =>
        {
            var back = new double[x.Length];
            for (var i = 0; i < rows.Length; i++) AddTo(back.AsSpan(rows[i] * width, width), 1, gradient.AsSpan(i * width, width));
            return back;
        });

    public static ClearTraced Gelu(double[] x)
    {
        var result = x.ToArray();
        new ExactFunctions().Gelu(result);
        return new(result, gradient => Products(gradient, x, v => Clear.ErrorFunction.Erfc(-v / Math.Sqrt(2)) / 2 + v * Math.Exp(-v * v / 2) / Math.Sqrt(Math.Tau)));
    }

    public static ClearTraced Relu(double[] x) => new(Array.ConvertAll(x, v => Math.Max(v, 0)), gradient => Products(gradient, x, v => v > 0 ? 1 : 0));

    public static ClearTraced Tanh(double[] x)
    {
        var result = Array.ConvertAll(x, Math.Tanh);
        return new(result, gradient => Products(gradient, result, y => 1 - y * y));
    }

    /// <summary>The mean over each text's rows from <paramref name="skipped"/> on.</summary>
    public static ClearTraced Pool(double[] x, int[] starts, int width, int skipped)
    {
        var result = new double[(starts.Length - 1) * width];
        for (var text = 0; text < starts.Length - 1; text++)
            for (var row = starts[text] + skipped; row < starts[text + 1]; row++)
                AddTo(result.AsSpan(text * width, width), 1.0 / (starts[text + 1] - starts[text] - skipped), x.AsSpan(row * width, width));
        return new(result, gradient =>
        {
            var back = new double[x.Length];
            for (var text = 0; text < starts.Length - 1; text++)
                for (var row = starts[text] + skipped; row < starts[text + 1]; row++)
                    AddTo(back.AsSpan(row * width, width), 1.0 / (starts[text + 1] - starts[text] - skipped), gradient.AsSpan(text * width, width));
            return back;
        });
    }

    /// <summary>Each row over its length.</summary>
    public static ClearTraced Unit(double[] x, int width)
    {
        var result = x.ToArray();
        var inverses = new double[x.Length / width];
        for (var r = 0; r < inverses.Length; r++)
        {
            var row = result.AsSpan(r * width, width);
            inverses[r] = 1 / Math.Sqrt(FixedOrder.Dot(row, row));
            foreach (ref var value in row) value *= inverses[r];
        }

        return new(result, gradient =>
        {
            var back = new double[x.Length];
            for (var r = 0; r < inverses.Length; r++)
            {
                var unit = result.AsSpan(r * width, width);
                AddTo(back.AsSpan(r * width, width), inverses[r], gradient.AsSpan(r * width, width));
                AddTo(back.AsSpan(r * width, width), -inverses[r] * FixedOrder.Dot(unit, gradient.AsSpan(r * width, width)), unit);
            }

            return back;
        });
    }

    /// <summary>Queries and keys times their head's frequencies in turns; values pass.</summary>
    public ClearTraced Frequencies(string name, double[] x, int heads, int depth, int features)
    {
        var (omega, stride, width) = (tensors(name), 3 * heads * depth, heads * (2 * features + depth));
        var result = new double[x.Length / stride * width];
        Each(x.Length / stride, (from, to, of) => result[to] += x[from] * omega[of]);
        Pass(x, stride, result, width);
        return new(result, gradient =>
        {
            var (back, ofOmega) = (new double[x.Length], new double[omega.Length]);
            Each(x.Length / stride, (from, to, of) =>
            {
                back[from] += gradient[to] * omega[of];
                ofOmega[of] += gradient[to] * x[from];
            });
            Pass(gradient, width, back, stride);
            _gradients[name] = ofOmega;
            return back;
        });

        // Of each product its factor, its result and its frequency.
        void Each(int rows, Action<int, int, int> product)
        {
            for (var row = 0; row < rows; row++)
                for (var i = 0; i < 2 * heads * depth; i++)
                    for (var f = 0; f < features; f++)
                        product(row * stride + i, row * width + i / depth * features + f, i % (heads * depth) * features + f);
        }

        void Pass(double[] from, int fromWidth, double[] to, int toWidth)
        {
            for (var row = 0; row < x.Length / stride; row++)
                from.AsSpan((row + 1) * fromWidth - heads * depth, heads * depth).CopyTo(to.AsSpan((row + 1) * toWidth - heads * depth));
        }
    }

    /// <summary>Softmax attention of queries, keys and values side by side.</summary>
    public static ClearTraced Attention(double[] x, int[] starts, int heads, int depth, bool isCausal)
    {
        var (width, stride) = (heads * depth, 3 * heads * depth);
        var result = new double[x.Length / 3];
        var weights = new List<(int Row, int First, int Head, double[] P)>();
        for (var text = 0; text < starts.Length - 1; text++)
            for (var head = 0; head < heads; head++)
                for (var row = starts[text]; row < starts[text + 1]; row++)
                {
                    var p = new double[isCausal ? row - starts[text] + 1 : starts[text + 1] - starts[text]];
                    for (var j = 0; j < p.Length; j++)
                        p[j] = FixedOrder.Dot(Part(x, row, 0, head), Part(x, starts[text] + j, 1, head)) / Math.Sqrt(depth);
                    new ExactFunctions().Softmax(p);
                    weights.Add((row, starts[text], head, p));
                    for (var j = 0; j < p.Length; j++) AddTo(result.AsSpan(row * width + head * depth, depth), p[j], Part(x, starts[text] + j, 2, head));
                }

        return new(result, gradient =>
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

        Span<double> Part(double[] values, int row, int part, int head) => values.AsSpan(row * stride + part * width + head * depth, depth);
    }

    internal static void AddTo(Span<double> sum, double factor, ReadOnlySpan<double> values) => TensorPrimitives.MultiplyAdd(values, factor, sum, sum);

    static double[] Sum(double[] x, double[] y)
    {
        var result = new double[x.Length];
        TensorPrimitives.Add(x, y, result);
        return result;
    }

    /// <summary>The gradient times the derivative at each argument.</summary>
    static double[] Products(double[] gradient, double[] arguments, Func<double, double> derivative) => [.. gradient.Zip(arguments, (g, v) => g * derivative(v))];
}
