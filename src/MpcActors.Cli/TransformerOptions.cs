using System.CommandLine;
using MpcActors.Data.Transformers;
using MpcActors.Experiments;
using MpcActors.Models;
using MpcActors.Models.Transformers.Training;
using MpcActors.Network;

namespace MpcActors.Cli;

/// <summary>Which transformer and which protocols: what planning and measuring a pass have in common.</summary>
sealed class TransformerOptions(string defaultModel, int defaultTokens, int mostTokens)
{
    readonly Option<string?> _model = Options.Text("--model", "NAME|FOLDER", $"{string.Join(", ", TransformerConfig.Names)}, or a folder with config.json and model.safetensors (default: {defaultModel})");
    readonly Option<string> _attention = Options.Choice("--attention", "Softmax, random features, or the mean of all tokens", "rfa", "softmax", "rfa", "uniform");
    readonly Option<string> _suite = Options.Choice("--suite", "Ours, PriFFT's hybrid (functions by keys), the faster of both for each operation on the network that is named (auto), or CrypTen's protocols as SecP-Tuning ran them", "fused", [.. NamedSuite.All.Select(suite => suite.Name), NamedSuite.Auto]);
    readonly Option<int> _tokens = Options.Count("--tokens", "Tokens of a text, prompt and marks included", defaultTokens, 1, mostTokens);
    readonly Option<int> _features = Options.Count("--features", "Random frequencies a head", 64, 1, 4096);
    readonly Option<int> _layers = Options.Count("--layers", "Layers, instead of the model's own number", 0, 0, 10_000);

    public void AddTo(Command to)
    {
        foreach (var option in new Option[] { _model, _layers, _attention, _suite, _tokens, _features }) to.Options.Add(option);
    }

    /// <summary>For a step of gradients: softmax where no attention was asked for.</summary>
    /// <exception cref="BadInputException">One was asked for that has no way back.</exception>
    public TransformerChoice ForStep(ParseResult result, TransformerChoice choice)
    {
        if (choice.Suite.Name == NamedSuite.Auto) throw new BadInputException($"--suite {NamedSuite.Auto} picks protocols for forward passes; use one of {string.Join(", ", NamedSuite.All.Select(suite => suite.Name))} for a step of gradients");
        if (result.GetResult(_attention) is null or { Implicit: true }) return choice with { Attention = AttentionKind.Softmax };
        return choice.Attention != AttentionKind.Uniform
            ? choice
            : throw new BadInputException("a step of gradients goes back through softmax and random feature attention; use --attention softmax or --attention rfa");
    }

    /// <param name="network">That --suite auto picks for.</param>
    public TransformerChoice Read(ParseResult result, LinkProfile network)
    {
        var name = result.GetValue(_model) ?? defaultModel;
        var attention = result.GetValue(_attention) switch
        {
            "softmax" => AttentionKind.Softmax,
            "uniform" => AttentionKind.Uniform,
            _ => AttentionKind.RandomFeatures,
        };
        var choice = new TransformerChoice(name, attention, Suite(result.GetValue(_suite)!, network), result.GetValue(_tokens), result.GetValue(_features), result.GetValue(_layers));
        var config = choice.Config;
        if (choice.Tokens > config.MaxTokens && config.MaxTokens > 0 && Directory.Exists(name))
            throw new BadInputException($"--tokens is {choice.Tokens}, but the model in '{name}' reads at most {config.MaxTokens}");
        if (attention == AttentionKind.RandomFeatures && config.IsCausal && choice.Suite.HasGrossErrors)
            throw new BadInputException($"--suite {choice.Suite.Name} has no random features for a causal model such as {config.Name}; use --suite fused, or --attention softmax");
        return choice;
    }

    public static NamedSuite Suite(string name, LinkProfile network) => name == NamedSuite.Auto ? NamedSuite.CheapestOn(network, ComputeProfile.TwoCores) : NamedSuite.Find(name);
}

/// <param name="Model">A known name, or a folder.</param>
/// <param name="Layers">0 for as many as the model has.</param>
sealed record TransformerChoice(string Model, AttentionKind Attention, NamedSuite Suite, int Tokens, int Features, int Layers)
{
    /// <summary>The sizes, without any weights.</summary>
    /// <exception cref="BadInputException">Neither a known model nor a folder that holds one.</exception>
    public TransformerConfig Config => BadInputException.Check(() => WithLayers(Known ?? OfFolder()));

    public string AttentionName => Attention switch
    {
        AttentionKind.Softmax => "softmax",
        AttentionKind.Uniform => "uniform",
        _ => "rfa",
    };

    /// <summary>The same for a step of gradients.</summary>
    public TrainableAttention Trainable => Attention == AttentionKind.RandomFeatures ? new(Attention, Features) : TrainableAttention.Softmax;

    TransformerConfig? Known => TransformerConfig.Find(Model);

    /// <summary>Weights from the folder, or drawn from a seed: for a known name, and wherever a seed is given.</summary>
    public ITransformerWeights Weights(ulong seed, bool drawsWeights) => Known is null && !drawsWeights
        ? BadInputException.Check(() => WithLayers(new HuggingFaceFolder(Model)))
        : new RandomTransformer(Config with { Positions = Math.Max(Config.Positions, Tokens + Config.FirstPosition) }, seed);

    TransformerConfig WithLayers(TransformerConfig config) => Layers == 0 ? config : config with { Layers = Layers };

    ITransformerWeights WithLayers(HuggingFaceFolder folder) => Layers <= folder.Config.Layers
        ? Layers == 0 ? folder : new FirstLayers(folder, Layers)
        : throw new ArgumentException($"--layers is {Layers}, but the model in '{Model}' has {folder.Config.Layers}; --random-weights SEED draws as many as you like");

    TransformerConfig OfFolder()
    {
        if (!Directory.Exists(Model))
            throw new BadInputException($"unknown model '{Model}': use {string.Join(", ", TransformerConfig.Names)}, or a folder with config.json and model.safetensors{Nearest.Hint(Model, TransformerConfig.Names)}");
        using var folder = new HuggingFaceFolder(Model);
        return folder.Config;
    }

    /// <summary>A model cut off after some layers.</summary>
    sealed class FirstLayers(ITransformerWeights weights, int layers) : ITransformerWeights
    {
        public TransformerConfig Config => weights.Config with { Layers = layers };

        public EmbeddingWeights Embeddings => weights.Embeddings;

        public HeadWeights Head => weights.Head;

        public LayerWeights Layer(int index) => weights.Layer(index);
    }
}
