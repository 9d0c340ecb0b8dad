using MpcActors.Data;
using MpcActors.Models;

namespace MpcActors.Cli;

/// <summary>A model by name, with what turns its attention into random features.</summary>
sealed record EncoderModel(string Name, TextEncoder Published, Func<IReadOnlyDictionary<string, FloatTensor>> RandomFeaturePatch)
{
    const ulong TinySeed = 1;

    public static string[] Names { get; } = ["use-lite", "tiny"];

    /// <summary>Synthetic and always there.</summary>
    public static EncoderModel Tiny() => new(
        "tiny", new TextEncoder(TinyModel.Create(TinySeed), TinyModel.Tokenizer), () => TinyModel.CreateRandomFeaturePatch(TinySeed));

    /// <exception cref="MissingResourceException">It is not in the cache and cannot be fetched.</exception>
    public static async Task<EncoderModel> UseLiteAsync(ModelCache cache, IProgress<string> progress, CancellationToken cancellation) => new(
        "use-lite", await UseLite.EnsureAsync(cache, progress, cancellation), UseLite.ReadRandomFeaturePatch);

    /// <summary>The weights that belong to an attention: those distilled for random features, or the published ones.</summary>
    public TextEncoder For(AttentionKind attention) => attention == AttentionKind.RandomFeatures
        ? Published with { Model = Published.Model.ApplyPatch(RandomFeaturePatch()) }
        : Published;
}
