namespace MpcActors.Data.Transformers;

/// <summary>
/// A model folder as Hugging Face's transformers saves it: config.json and model.safetensors, whole or in shards, in F32, F16 or BF16.
/// RoBERTa and BERT with their masked-language-model heads, and GPT-2; tensor names with the model's prefix or without. Opening
/// checks every name and shape and reads no weight; a layer is read from the mapped file when it is asked for.
/// </summary>
public sealed class HuggingFaceFolder : ITransformerWeights, IDisposable
{
    readonly Checkpoint checkpoint;
    readonly IWeightLayout layout;
    readonly Lazy<EmbeddingWeights> embeddings;

    /// <exception cref="InvalidDataException">A file is missing or not what it should be: names the file, what was found and what is needed.</exception>
    public HuggingFaceFolder(string folder)
    {
        if (!Directory.Exists(folder))
            throw new InvalidDataException($"{folder}: there is no such folder; one with config.json and model.safetensors is needed.");
        var file = Path.Combine(folder, "config.json");
        if (!File.Exists(file))
            throw new InvalidDataException($"{folder}: config.json is missing.");
        var config = HuggingFaceConfig.Read(file, Path.GetFileName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar)));
        Config = config.Sizes;
        checkpoint = new Checkpoint(folder);
        try
        {
            Check(Layout(config, new WeightSource(checkpoint, isCheckOnly: true)));
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }

        layout = Layout(config, new WeightSource(checkpoint, isCheckOnly: false));
        embeddings = new(layout.Embeddings);
    }

    public TransformerConfig Config { get; }

    public EmbeddingWeights Embeddings => embeddings.Value;

    public HeadWeights Head => layout.Head(embeddings.Value.Words);

    public LayerWeights Layer(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Config.Layers);
        return layout.Layer(index);
    }

    public void Dispose() => checkpoint.Dispose();

    void Check(IWeightLayout check)
    {
        check.Embeddings();
        for (var index = 0; index < Config.Layers; index++) check.Layer(index);
        check.Head([]);
    }

    static IWeightLayout Layout(HuggingFaceConfig config, WeightSource source)
        => config.Sizes.Architecture == Architecture.Gpt2 ? new DecoderLayout(config, source) : new EncoderLayout(config, source);
}
