using MpcActors.Data;
using MpcActors.Models;

namespace MpcActors.Cli;

/// <summary>A model by name, with what turns its attention into random features.</summary>
sealed record EncoderModel(string Name, TextEncoder Published, Func<IReadOnlyDictionary<string, FloatTensor>> RandomFeaturePatch)
{
    /// <summary>What commands and reports call the patch that comes with the program.</summary>
    public const string Shipped = "shipped";

    /// <summary>Below this mean cosine with the published model a patch does not belong to it: raw uniform attention has one half.</summary>
    const double LeastAgreement = 0.2;

    const ulong TinySeed = 1;

    (AttentionKind Attention, TextEncoder Weights)? adapted;

    public static string[] Names { get; } = ["use-lite", "tiny"];

    /// <summary>Synthetic and always there.</summary>
    public static EncoderModel Tiny() => new(
        "tiny", new TextEncoder(TinyModel.Create(TinySeed), TinyModel.Tokenizer), () => TinyModel.CreateRandomFeaturePatch(TinySeed));

    /// <exception cref="MissingResourceException">It is not in the cache and cannot be fetched.</exception>
    public static async Task<EncoderModel> UseLiteAsync(ModelCache cache, IProgress<string> progress, CancellationToken cancellation) => new(
        "use-lite", await UseLite.EnsureAsync(cache, progress, cancellation), UseLite.ReadRandomFeaturePatch);

    /// <summary>The same model with the patch of a file for an attention, after looking whether it says what the published model says.</summary>
    /// <exception cref="InvalidDataException">No patch for this attention and model.</exception>
    public EncoderModel WithWeights(AttentionKind attention, string file)
    {
        if (attention == AttentionKind.Softmax)
            throw new InvalidDataException($"{file}: softmax attention has the model's own weights; weights are adapted for rfa or uniform attention.");
        var weights = Published with { Model = AttentionPatch.Apply(Published.Model, file, attention.Name()) };
        var (own, theirs) = (Embeddings(weights, attention), Embeddings(Published, AttentionKind.Softmax));
        var agreement = FixedOrder.Dot(own, theirs) / CalibrationSentences.All.Count;
        if (!(agreement >= LeastAgreement))
            throw new InvalidDataException(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"{file} does not belong to the model {Name}: its embeddings of {CalibrationSentences.All.Count} public sentences have a mean cosine of {agreement:0.00} with the published model's, where {LeastAgreement} is the least."));
        // The name tells runs with other weights apart, for checkpoints too.
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)));
        return this with { Name = $"{Name}+{hash[..8]}", adapted = (attention, weights) };
    }

    /// <summary>The weights that belong to an attention: adapted ones, those distilled for random features, or the published ones.</summary>
    public TextEncoder For(AttentionKind attention) => adapted is { } own && own.Attention == attention ? own.Weights
        : attention == AttentionKind.RandomFeatures ? Published with { Model = Published.Model.ApplyPatch(RandomFeaturePatch()) }
        : Published;

    static double[] Embeddings(TextEncoder model, AttentionKind attention) =>
        new ClearEncoder(EncoderPreparation.From(model, attention)).Embeddings(CalibrationSentences.Batch(model));
}
