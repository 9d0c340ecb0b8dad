namespace MpcActors.Data;

/// <summary>
/// Weights that take the place of a model's own under another attention: a safetensors file whose tensors have the names of
/// <see cref="UseLiteModel.FromTensors"/> and whose metadata say which attention they belong to. Never the token embedding: the data
/// owner looks its tokens up in the published one.
/// </summary>
public static class AttentionPatch
{
    /// <summary>Metadata: the name of the attention.</summary>
    public const string AttentionKey = "attention";

    const string FrequenciesPrefix = "rfa.";

    /// <summary>Rounded to float16: half the size, and far above what fixed point resolves.</summary>
    /// <param name="provenance">Further metadata: what it was made from.</param>
    public static void Write(Stream stream, string attention, IReadOnlyDictionary<string, FloatTensor> tensors, IReadOnlyDictionary<string, string> provenance) =>
        Safetensors.Write(stream, tensors, isHalf: true, new Dictionary<string, string>(provenance, StringComparer.Ordinal) { [AttentionKey] = attention });

    /// <summary>The model with the patch of a file.</summary>
    /// <exception cref="InvalidDataException">No patch, one for another attention or another model; the message says which tensor and what was expected.</exception>
    public static UseLiteModel Apply(UseLiteModel model, string path, string attention)
    {
        var tensors = Safetensors.Read(path);
        var own = Safetensors.ReadMetadata(path).GetValueOrDefault(AttentionKey) ?? (tensors.Keys.Any(IsFrequency) ? "rfa" : "another");
        if (own != attention)
            throw new InvalidDataException($"{path} holds weights for {own} attention, but {attention} was asked for.");
        var known = model.ToTensors();
        foreach (var (name, tensor) in tensors.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (name is "token_embedding" or "timing_inv")
                throw new InvalidDataException($"{path}: tensor {name} cannot be replaced; the data owner applies the published one to its texts itself.");
            if (!known.TryGetValue(name, out var published))
            {
                if (!IsFrequency(name)) throw new InvalidDataException($"{path}: tensor {name} is not part of this model.");
            }
            else if (!published.Shape.SequenceEqual(tensor.Shape))
                throw new InvalidDataException($"{path}: tensor {name} has shape [{string.Join(", ", tensor.Shape)}]; the model's is [{string.Join(", ", published.Shape)}].");
        }

        for (var layer = 0; layer < model.Layers.Count; layer++)
        {
            if (attention == "rfa" && !tensors.ContainsKey($"{FrequenciesPrefix}{layer}.omega"))
                throw new InvalidDataException($"{path}: tensor {FrequenciesPrefix}{layer}.omega is missing; random features need frequencies in each of the {model.Layers.Count} layers.");
        }

        return model.ApplyPatch(tensors);
    }

    static bool IsFrequency(string name) => name.StartsWith(FrequenciesPrefix, StringComparison.Ordinal);
}
