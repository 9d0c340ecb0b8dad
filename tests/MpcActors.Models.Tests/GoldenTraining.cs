using MpcActors.Data;
using MpcActors.Data.Transformers;
using MpcActors.Models.Transformers;
using MpcActors.Models.Transformers.Training;
using MpcActors.Protocols;
using MpcActors.Protocols.Training;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Models.Tests;

/// <summary>What a training pass in memory came to: gradients without the loss scale (of the first step), parameters after it, and both costs.</summary>
public sealed record TrainingRun(IReadOnlyDictionary<string, double[]> Gradients, double[] InputGradient, IReadOnlyDictionary<string, double[]> Parameters, Cost Cost, Cost Planned);

/// <summary>A golden checkpoint, its texts and its gradients, ready to be trained on shares and in the clear.</summary>
public sealed class GoldenTraining : IDisposable
{
    readonly HuggingFaceFolder _weights;
    readonly IReadOnlyDictionary<string, FloatTensor> _expected;
    readonly IReadOnlyDictionary<string, FloatTensor> _gradients;
    readonly string _name;
    readonly int _features;
    readonly TransformerTensors _tensors;

    /// <param name="features">Random frequencies a head in the place of softmax; PyTorch's gradients are softmax's.</param>
    public GoldenTraining(string name, int features = 0)
    {
        var golden = Path.Combine(AppContext.BaseDirectory, "golden", name);
        _name = name;
        _weights = new HuggingFaceFolder(golden);
        _expected = Safetensors.Read(Path.Combine(golden, "expected.safetensors"));
        _gradients = Safetensors.Read(Path.Combine(golden, "gradients.safetensors"));
        _features = features;
        _tensors = new TransformerTensors(
            _weights, [.. Enumerable.Range(0, Config.Vocabulary)], features > 0 ? new(Config.Heads, Config.HeadWidth, features, FeatureForm.CosineAndSine, seed: 6) : null);
        int[][] texts = [.. Enumerable.Range(0, 3).Select(text => Integers($"tokens.{text}"))];
        Lengths = [.. texts.Select(text => text.Length)];
        Answers = [.. Integers("positions").Select((row, text) => row - Lengths[..text].Sum())];
        Targets = Integers("targets");
        Rows = Of(_expected, "embedding");
    }

    public TransformerConfig Config => _weights.Config;

    public int[] Lengths { get; }

    TrainableAttention Attention => _features > 0 ? new(AttentionKind.RandomFeatures, _features, TrainsFrequencies: true) : TrainableAttention.Softmax;

    public int[] Answers { get; }

    public int[] Targets { get; }

    public double[] Rows { get; }

    public double Loss => _expected["loss"].Values[0];

    public double[] InputGradient => Of(_gradients, "embedding");

    public void Dispose() => _weights.Dispose();

    public double[] Tensor(string name) => _tensors.Of(name);

    public (IReadOnlyDictionary<string, double[]> Gradients, double Loss, double[] InputGradient) Clear() =>
        new ClearTraining(Config, Config.Vocabulary, Tensor, _features).Gradients(Rows, Targets, Lengths, Answers);

    /// <summary>A pass on shares, and steps if there is an optimiser.</summary>
    public TrainingRun Run(Func<ITrainingSuite> suite, Func<IShareOptimizer>? optimizer = null, int steps = 1, double lossScale = TrainingStep.UsualLossScale)
    {
        var shapes = new List<(string Name, Shape Shape)>();
        _ = new TrainableTransformer(Config, Config.Vocabulary, TuningMethod.Layers, 0, (name, shape, isTrained) =>
        {
            shapes.Add((name, shape));
            return new Parameter(name, new Share(RingTensor.Hollow(shape), 16), isTrained);
        }, Attention);
        var bits = suite().ParameterBits;
        var labels = new double[Targets.Length * Config.Vocabulary];
        for (var text = 0; text < Targets.Length; text++) labels[text * Config.Vocabulary + Targets[text]] = 1;
        var inputs = shapes.Select(one => TwoParty.Encode(Tensor(one.Name), one.Shape, bits))
            .Append(TwoParty.Encode(Rows, new Shape(Lengths.Sum(), Config.Width))).Append(TwoParty.Encode(labels, new Shape(Targets.Length, Config.Vocabulary))).ToArray();

        var run = TwoParty.Run(Seed.FromNumber(3), inputs, async (party, shares) =>
        {
            var next = 0;
            var model = new TrainableTransformer(
                Config, Config.Vocabulary, TuningMethod.Layers, 0, (name, _, isTrained) => new Parameter(name, shares[next++], isTrained), Attention);
            var step = new TrainingStep(suite(), model, lossScale);
            if (optimizer is null)
            {
                var (_, input) = await step.Gradients(party, shares[^2], shares[^1], Lengths, Answers);
                return [.. model.Parameters.Select(parameter => parameter.Gradient!), input];
            }

            var one = new Watched(optimizer());
            for (var i = 0; i < steps; i++) await step.Run(party, shares[^2], shares[^1], Lengths, Answers, one);
            return [.. model.Parameters.Select(parameter => parameter.Value), .. model.Parameters.Select(parameter => one.First[parameter.Name])];
        });

        var named = shapes.Select((one, i) => (one.Name, Values: run.DecodedAt(i))).ToDictionary(one => one.Name, one => one.Values);
        return optimizer is null
            ? new(named.ToDictionary(one => one.Key, one => Unscaled(one.Value)), Unscaled(run.DecodedAt(shapes.Count)), new Dictionary<string, double[]>(), run.Cost, run.Planned)
            : new(shapes.Select((one, i) => (one.Name, Values: run.DecodedAt(shapes.Count + i))).ToDictionary(one => one.Name, one => Array.ConvertAll(one.Values, value => value / lossScale)), [], named, run.Cost, run.Planned);
    }

    /// <summary>A pass with a trained prompt before each text, whose first rows are the prompt, or with one-hot tokens and the table of words.</summary>
    public (IReadOnlyDictionary<string, double[]> Gradients, Cost Cost, Cost Planned) RunFromInput(Func<ITrainingSuite> suite, TuningMethod method, double[] prompt)
    {
        var (names, model) = (new List<string>(), _tensors);
        var rows = prompt.Length / Config.Width;
        var shapes = new List<Shape>();
        _ = Build((name, shape, isTrained) =>
        {
            names.Add(name);
            shapes.Add(shape);
            return new Parameter(name, new Share(RingTensor.Hollow(shape), 16), isTrained);
        });
        int[] tokens = [.. Enumerable.Range(0, 3).SelectMany(text => Integers($"tokens.{text}"))];
        var input = method == TuningMethod.Prompt
            ? TwoParty.Encode(Rows, new Shape(tokens.Length, Config.Width))
            : TwoParty.Encode(OneHot(tokens), new Shape(tokens.Length, Config.Vocabulary), 0);
        var inputs = names.Zip(shapes, (name, shape) => TwoParty.Encode(name == "prompt" ? prompt : model.Of(name), shape))
            .Append(input).Append(TwoParty.Encode(OneHot(Targets), new Shape(Targets.Length, Config.Vocabulary), 0)).ToArray();
        int[] trained = [];
        var run = TwoParty.Run(Seed.FromNumber(4), inputs, async (party, shares) =>
        {
            var next = 0;
            var built = Build((name, _, isTrained) => new Parameter(name, shares[next++], isTrained));
            await new TrainingStep(suite(), built, TrainingStep.UsualLossScale).Gradients(
                party, shares[^2], shares[^1], Array.ConvertAll(Lengths, length => length + rows), Array.ConvertAll(Answers, answer => answer + rows));
            trained = [.. Enumerable.Range(0, names.Count).Where(i => built.Parameters[i].IsTrained)];
            return [.. trained.Select(i => built.Parameters[i].Gradient!)];
        });
        return (trained.Select((index, i) => (names[index], Unscaled(run.DecodedAt(i)))).ToDictionary(one => one.Item1, one => one.Item2), run.Cost, run.Planned);

        TrainableTransformer Build(Func<string, Shape, bool, Parameter> make) => new(Config, Config.Vocabulary, method, rows, make);

        double[] OneHot(int[] ids)
        {
            var result = new double[ids.Length * Config.Vocabulary];
            for (var i = 0; i < ids.Length; i++) result[i * Config.Vocabulary + ids[i]] = 1;
            return result;
        }
    }

    /// <summary>PyTorch's gradient by the words where they are looked up, without what came by the tied decoder.</summary>
    public double[] WordGradient()
    {
        var (result, looked, row) = (new double[Config.Vocabulary * Config.Width], Of(_gradients, "inputs_embeds"), 0);
        foreach (var token in Enumerable.Range(0, 3).SelectMany(text => Integers($"tokens.{text}")))
        {
            for (var i = 0; i < Config.Width; i++) result[token * Config.Width + i] += looked[row * Config.Width + i];
            row++;
        }

        return result;
    }

    public double[] GradientNamed(string name) => Of(_gradients, name);

    /// <summary>PyTorch's gradient by a tensor, laid out as ours.</summary>
    public double[] Gradient(string name)
    {
        var path = name.Split('.');
        var layer = path[0].StartsWith("layer ", StringComparison.Ordinal) ? path[0][6..] : "";
        if (_name == "gpt2") return OfGpt2(path, layer);
        var (model, isBert) = (_name == "bert" ? "bert." : "roberta.", _name == "bert");
        var head = isBert ? "cls.predictions." : "lm_head.";
        string Norm(string place) => $"{place}.{(path[2] == "bias" ? isBert ? "beta" : "bias" : isBert ? "gamma" : "weight")}";
        var inLayer = $"{model}encoder.layer.{layer}.";
        return path switch
        {
            ["head", "labels", "weight"] => DecoderGradient($"{model}embeddings.word_embeddings.weight"),
            ["head", "labels", _] => Of(_gradients, head + "bias"),
            ["head", "transform", var part] => Dense(head + (isBert ? "transform.dense" : "dense"), part),
            ["head", "norm", _] => Of(_gradients, Norm(head + (isBert ? "transform.LayerNorm" : "layer_norm"))),
            [_, "query_key_value", var part] => Joined([.. new[] { "query", "key", "value" }.Select(map => Dense($"{inLayer}attention.self.{map}", part))]),
            [_, "attention_output", var part] => Dense(inLayer + "attention.output.dense", part),
            [_, "attention_norm", _] => Of(_gradients, Norm(inLayer + "attention.output.LayerNorm")),
            [_, "feed_forward_in", var part] => Dense(inLayer + "intermediate.dense", part),
            [_, "feed_forward_out", var part] => Dense(inLayer + "output.dense", part),
            _ => Of(_gradients, Norm(inLayer + "output.LayerNorm")),
        };
    }

    double[] OfGpt2(string[] path, string layer)
    {
        if (path is ["head", "labels", _]) return DecoderGradient("wte.weight");
        var part = path[^1] == "scale" ? "weight" : path[^1];
        return Of(_gradients, path switch
        {
            ["head", "norm", _] => $"ln_f.{part}",
            [_, "query_key_value", _] => $"h.{layer}.attn.c_attn.{part}",
            [_, "attention_output", _] => $"h.{layer}.attn.c_proj.{part}",
            [_, "attention_norm", _] => $"h.{layer}.ln_1.{part}",
            [_, "feed_forward_in", _] => $"h.{layer}.mlp.c_fc.{part}",
            [_, "feed_forward_out", _] => $"h.{layer}.mlp.c_proj.{part}",
            _ => $"h.{layer}.ln_2.{part}",
        });
    }

    /// <summary>The decoder is tied to the words there and a tensor of its own here: without what came by looking words up.</summary>
    double[] DecoderGradient(string words)
    {
        var (gradient, looked, row) = (Of(_gradients, words), Of(_gradients, "inputs_embeds"), 0);
        foreach (var token in Enumerable.Range(0, 3).SelectMany(text => Integers($"tokens.{text}")))
        {
            for (var i = 0; i < Config.Width; i++) gradient[token * Config.Width + i] -= looked[row * Config.Width + i];
            row++;
        }

        return Transposed(gradient, Config.Vocabulary);
    }

    double[] Dense(string place, string part) => part == "bias"
        ? Of(_gradients, place + ".bias")
        : Transposed(Of(_gradients, place + ".weight"), _gradients[place + ".bias"].Values.Length);

    /// <summary>Of a matrix of so many rows.</summary>
    static double[] Transposed(double[] values, int rows)
    {
        var (columns, result) = (values.Length / rows, new double[values.Length]);
        for (var r = 0; r < rows; r++)
            for (var c = 0; c < columns; c++) result[c * rows + r] = values[r * columns + c];
        return result;
    }

    /// <summary>Matrices of the model's width side by side, or biases.</summary>
    double[] Joined(double[][] maps)
    {
        var (rows, width) = (maps[0].Length / Config.Width, Config.Width);
        return [.. Enumerable.Range(0, rows).SelectMany(row => maps.SelectMany(map => map[(row * width)..((row + 1) * width)]))];
    }

    static double[] Unscaled(double[] values) => Array.ConvertAll(values, value => value / TrainingStep.UsualLossScale);

    static double[] Of(IReadOnlyDictionary<string, FloatTensor> tensors, string name) => Array.ConvertAll(tensors[name].Values, value => (double)value);

    int[] Integers(string name) => Array.ConvertAll(_expected[name].Values, value => (int)value);

    /// <summary>Notes the gradients that an optimiser is given in its first step.</summary>
    sealed class Watched(IShareOptimizer inner) : IShareOptimizer
    {
        public Dictionary<string, Share> First { get; } = [];

        public double Rate
        {
            get => inner.Rate;
            set => inner.Rate = value;
        }

        public OptimizerState State
        {
            get => inner.State;
            set => inner.State = value;
        }

        public ValueTask Step(Party party, ITrainingSuite suite, string group, Parameter[] parameters, double lossScale)
        {
            foreach (var parameter in parameters) First.TryAdd(parameter.Name, parameter.Gradient!);
            return inner.Step(party, suite, group, parameters, lossScale);
        }

        public void EndStep() => inner.EndStep();
    }
}
