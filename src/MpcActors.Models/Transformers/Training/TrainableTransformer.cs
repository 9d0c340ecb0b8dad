using MpcActors.Data.Transformers;
using MpcActors.Models.Private;
using MpcActors.Ring;

namespace MpcActors.Models.Transformers.Training;

/// <summary>Where a trainable model's first rows come from, and what is trained of it.</summary>
public enum TuningMethod
{
    /// <summary>The data owner shares embedded rows; every tensor after them is trained.</summary>
    Layers,

    /// <summary>All tensors are trained, the table of words by shared one-hot tokens (supervised fine-tuning, SFT). Rows before each text are trained with them where a plan has any.</summary>
    Full,

    /// <summary>Rows before each text are trained, and nothing else: the weights get no gradient (gradient prompt tuning).</summary>
    Prompt,
}

/// <summary>A transformer on shares that can be trained: BERT and RoBERTa (norms after the blocks) or GPT-2, with softmax or random feature attention, put together from <see cref="ILayer"/>s.</summary>
/// <remarks>
/// Unlike in <see cref="PreparedTransformer"/> nothing is folded, since a step changes it: a norm's scale and bias are parameters of their own.
/// The decoder has the label words' rows as a parameter of its own, not tied to the table of words.
/// </remarks>
public sealed class TrainableTransformer : ITrainableModel
{
    readonly ModelBuilder _builder;
    readonly TrainableAttention _attention;

    /// <param name="make">A tensor by its name and shape, and whether it is trained.</param>
    /// <param name="promptRows">With <see cref="TuningMethod.Prompt"/>; with <see cref="TuningMethod.Full"/> a prompt that is trained beside all weights, or 0.</param>
    /// <param name="attention">Softmax if nothing is said.</param>
    /// <param name="trained">All of them if nothing is said.</param>
    /// <exception cref="ArgumentException">The attention has no way back.</exception>
    public TrainableTransformer(
        TransformerConfig config, int classes, TuningMethod method, int promptRows, Func<string, Shape, bool, Parameter> make, TrainableAttention? attention = null, TrainedTensors? trained = null)
    {
        trained ??= TrainedTensors.All;
        var trainsWeights = method != TuningMethod.Prompt;
        _attention = attention ?? TrainableAttention.Softmax;
        (_builder, Config, Classes) = (new(make, trained.AdapterRank), config, classes);
        if (method == TuningMethod.Full) _builder.Add("embedding", trainsWeights && trained.TrainsLayer(-1, config.Layers), () => promptRows > 0 ? new Chain(Embedding(promptRows), Prompt(promptRows)) : Embedding(0));
        if (method == TuningMethod.Prompt) _builder.Add("embedding", trainsWeights, () => Prompt(promptRows));
        for (var i = 0; i < config.Layers; i++)
        {
            var name = $"layer {i}";
            _builder.Add(name, trainsWeights && trained.TrainsLayer(i, config.Layers), () => Layer(name));
        }

        _builder.Add("head", trainsWeights && trained.TrainsHead, Head);
    }

    public TransformerConfig Config { get; }

    public int Classes { get; }

    public IReadOnlyList<ModelPart> Parts => _builder.Parts;

    public IReadOnlyList<Parameter> Parameters => _builder.Parameters;

    PromptLayer Prompt(int rows) => new(_builder.Of("prompt", new(rows, Config.Width), isTrained: true));

    ILayer Embedding(int promptRows)
    {
        var words = new WordLayer(
            Of("embedding.words", new(Config.Vocabulary, Config.Width)), Of("embedding.positions", new(Config.Positions, Config.Width)), Config.FirstPosition,
            Config.TokenTypes > 0 ? Of("embedding.type", Shape.Vector(Config.Width)) : null, promptRows: promptRows);
        return Config.IsCausal ? words : new Chain(words, Norm("embedding.norm"));
    }

    Chain Layer(string name)
    {
        var keyWidth = _attention.Kind == AttentionKind.RandomFeatures ? _attention.Features : Config.HeadWidth;
        var outline = new LayerOutline(Config.Width, Config.Width, Config.Heads, keyWidth, Config.HeadWidth, Config.FeedForward, HasResidual: false, Config.Epsilon)
        {
            IsCausal = Config.IsCausal,
        };
        var entering = _builder.Projection($"{name}.query_key_value", Config.Width, 3 * Config.Width, Config.Width, Config.Width, Config.Width);
        var attention = _attention.Build(_builder, name, outline);
        var leaving = _builder.Projection($"{name}.attention_output", Config.Width, Config.Width);
        var attentionNorm = Norm($"{name}.attention_norm");
        var into = Dense($"{name}.feed_forward_in", Config.Width, Config.FeedForward);
        var outOf = Dense($"{name}.feed_forward_out", Config.FeedForward, Config.Width);
        var norm = Norm($"{name}.feed_forward_norm");
        return Config.IsCausal
            ? new Chain(new Residual(new Chain(attentionNorm, entering, attention, leaving)), new Residual(new Chain(norm, into, new GeluLayer(), outOf)))
            : new Chain(new Residual(new Chain(entering, attention, leaving)), attentionNorm, new Residual(new Chain(into, new GeluLayer(), outOf)), norm);
    }

    Chain Head() => Config.IsCausal
        ? new Chain(new AnswerRows(), Norm("head.norm"), new DenseLayer(Of("head.labels.weight", new(Config.Width, Classes)), null))
        : new Chain(new AnswerRows(), Dense("head.transform", Config.Width, Config.Width), new GeluLayer(), Norm("head.norm"), Dense("head.labels", Config.Width, Classes));

    DenseLayer Dense(string name, int from, int to, params int[] parts) => _builder.Dense(name, from, to, parts);

    NormLayer Norm(string name) => _builder.Norm(name, Config.Width, Config.Epsilon);

    Parameter Of(string name, Shape shape) => _builder.Of(name, shape);
}
