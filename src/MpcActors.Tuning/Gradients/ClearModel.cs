using MpcActors.Models;
using MpcActors.Models.Transformers.Training;

namespace MpcActors.Tuning.Gradients;

/// <summary>Gradients in the clear: of the mean cross-entropy by tensors of these names, the loss, and the gradient by the input rows.</summary>
public delegate (IReadOnlyDictionary<string, double[]> Gradients, double Loss, double[] InputGradient) ClearGradients(double[] rows, int[] labels, int[] lengths, int[] answers);

/// <summary>[texts, classes], row by row.</summary>
public delegate double[] ClearLogits(double[] rows, int[] lengths, int[] answers);

/// <summary>A model in the clear that is trained as its twin on shares is: the same names, and a prompt or a table of words before it where the method has one.</summary>
public sealed class ClearModel
{
    const int RowsTogether = 512;

    readonly GradientSettings _settings;
    readonly Dictionary<string, double[]> _tensors;
    readonly (double[] Positions, double Scale)? _words;
    readonly ClearGradients _gradients;
    readonly ClearLogits _logits;
    readonly int _width;

    /// <param name="tensors">All of the model by name; those that <paramref name="trained"/> names are changed in place.</param>
    /// <param name="model">From the tensors to gradients and logits.</param>
    /// <param name="width">Of an input row.</param>
    /// <param name="wordScale">Public factor of the words, where they are trained: of a model that adds words and positions, counted from 0, and nothing else.</param>
    public ClearModel(
        GradientSettings settings, Dictionary<string, double[]> tensors, IReadOnlyList<string> trained, Func<Func<string, double[]>, (ClearGradients Gradients, ClearLogits Logits)> model, int width,
        double wordScale = 1)
    {
        (_settings, _tensors, Trained, _width) = (settings, tensors, trained, width);
        (_gradients, _logits) = model(name => tensors[name]);
        if (settings.Method == TuningMethod.Full) _words = (tensors["embedding.positions"], wordScale);
    }

    /// <summary>Names of the tensors that are trained, in order.</summary>
    public IReadOnlyList<string> Trained { get; }

    /// <summary>Its values, which a step changes.</summary>
    public double[] Tensor(string name) => _tensors[name];

    public double[,] Logits(TrainingSet set)
    {
        var groups = GroupsOf(set);
        var parts = new double[groups.Count][];
        Parallel.For(0, groups.Count, i =>
        {
            var some = set.Pick(groups[i]);
            parts[i] = _logits(Rows(some), Longer(some.Lengths), Longer(some.Answers));
        });
        double[] flat = [.. parts.SelectMany(part => part)];
        var logits = new double[set.Count, flat.Length / set.Count];
        Buffer.BlockCopy(flat, 0, logits, 0, flat.Length * sizeof(double));
        return logits;
    }

    /// <summary>Texts that go through the model together. A text's logits do not depend on those beside it; few rows at a time stay in caches, and give each core a group.</summary>
    List<int[]> GroupsOf(TrainingSet set)
    {
        var (groups, first, rows) = (new List<int[]>(), 0, 0);
        for (var text = 0; text < set.Count; text++)
        {
            rows += set.Lengths[text] + _settings.AddedRows;
            if (rows < RowsTogether && text < set.Count - 1) continue;
            groups.Add([.. Enumerable.Range(first, text + 1 - first)]);
            (first, rows) = (text + 1, 0);
        }

        return groups;
    }

    /// <summary>Of the tensors that are trained.</summary>
    public (IReadOnlyDictionary<string, double[]> Gradients, double Loss) Gradients(TrainingSet batch)
    {
        var (gradients, loss, input) = _gradients(Rows(batch), batch.Texts.Labels, Longer(batch.Lengths), Longer(batch.Answers));
        var all = new Dictionary<string, double[]>(gradients);
        if (_settings.Method == TuningMethod.Prompt) all["prompt"] = OfPrompt(input, batch);
        if (_words is { } words)
        {
            all["embedding.words"] = OfRows(input, IdsOf(batch), _tensors["embedding.words"].Length, words.Scale);
            all["embedding.positions"] = OfRows(input, [.. batch.Lengths.SelectMany(length => Enumerable.Range(0, length))], words.Positions.Length, 1);
        }

        return (all, loss);
    }

    double[] Rows(TrainingSet set)
    {
        if (_words is { } words) return Embedded(set, words);
        return _settings.Method == TuningMethod.Prompt ? WithPrompt(set) : set.Texts.Batch.Rows;
    }

    double[] WithPrompt(TrainingSet set)
    {
        var (rows, prompt, from) = (new List<double>(), _tensors["prompt"], 0);
        foreach (var length in set.Lengths)
        {
            rows.AddRange(prompt);
            rows.AddRange(set.Texts.Batch.Rows.AsSpan(from, length * _width));
            from += length * _width;
        }

        return [.. rows];
    }

    double[] OfPrompt(double[] input, TrainingSet batch)
    {
        var (sum, from) = (new double[_tensors["prompt"].Length], 0);
        foreach (var length in batch.Lengths)
        {
            for (var i = 0; i < sum.Length; i++) sum[i] += input[from + i];
            from += sum.Length + length * _width;
        }

        return sum;
    }

    double[] Embedded(TrainingSet set, (double[] Positions, double Scale) words)
    {
        var (ids, table) = (IdsOf(set), _tensors["embedding.words"]);
        var (rows, row) = (new double[ids.Length * _width], 0);
        foreach (var length in set.Lengths)
            for (var position = 0; position < length; position++, row++)
                for (var i = 0; i < _width; i++) rows[row * _width + i] = words.Scale * table[ids[row] * _width + i] + words.Positions[position * _width + i];
        return rows;
    }

    /// <summary>Adds the gradient of each input row to that of its row in a table.</summary>
    double[] OfRows(double[] input, int[] to, int count, double scale)
    {
        var sum = new double[count];
        for (var row = 0; row < to.Length; row++)
            for (var i = 0; i < _width; i++) sum[to[row] * _width + i] += scale * input[row * _width + i];
        return sum;
    }

    static int[] IdsOf(TrainingSet set) => (set.Tokens ?? throw new InvalidOperationException("where words are trained, texts come as tokens")).Ids;

    int[] Longer(int[] values) => Array.ConvertAll(values, value => value + _settings.AddedRows);
}

/// <summary>The twin of a training on shares: the same batches, rates and optimiser in the clear, in double precision.</summary>
public sealed class ClearGradientPass(ClearModel model, GradientSettings settings) : IGradientPass
{
    readonly ClearAdam _adam = new(new(0, Decay: settings.WeightDecay));

    public void Begin(int from)
    {
        if (from != 0) throw new InvalidOperationException("the twin in the clear keeps no state, and begins at the first step");
    }

    public ValueTask<double> Step(int step, double rate, TrainingSet batch)
    {
        var (gradients, loss) = model.Gradients(batch);
        var factor = settings.ClipNorm is { } limit ? Math.Min(1, limit / Math.Sqrt(model.Trained.Sum(name => FixedOrder.Dot(gradients[name], gradients[name])))) : 1;
        _adam.Rate = rate;
        foreach (var name in model.Trained)
        {
            var (values, gradient) = (model.Tensor(name), gradients[name]);
            if (factor < 1) gradient = Array.ConvertAll(gradient, value => value * factor);
            if (settings.Optimizer != StepOptimizer.Sgd) _adam.Step(name, values, gradient);
            else
                for (var i = 0; i < values.Length; i++) values[i] -= rate * gradient[i];
        }

        _adam.EndStep();
        return ValueTask.FromResult(loss);
    }

    public ValueTask<double[,]> Logits(int steps, TrainingSet set) => ValueTask.FromResult(model.Logits(set));
}
