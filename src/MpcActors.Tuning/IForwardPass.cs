using MpcActors.Models;

namespace MpcActors.Tuning;

/// <summary>Texts as input rows with the index of each one's class. The name says what it is for (train, dev, test).</summary>
public sealed record TextSet(string Name, TextBatch Batch, int[] Labels)
{
    public int[] Labels { get; } = Labels.Length == Batch.Texts
        ? Labels
        : throw new ArgumentException($"the {Name} set has {Batch.Texts} texts and {Labels.Length} labels", nameof(Labels));
}

/// <summary>
/// What the data owner can ask of the servers: logits of a set of texts under each of several latent prompts, in one batch.
/// A prompt's base (<see cref="PromptBase"/>) is the pass's own affair; it must not depend on an unprompted pass asked for through here,
/// as a resumed tuning does not ask for one.
/// </summary>
public interface IForwardPass
{
    /// <param name="latents">One z a prompt; null is the unprompted model.</param>
    /// <returns>[texts, classes] for each latent, in order.</returns>
    ValueTask<IReadOnlyList<double[,]>> Logits(TextSet set, IReadOnlyList<double[]?> latents);
}

/// <summary>The forward pass in the clear, in double precision.</summary>
public sealed class ClearForwardPass(ClearEncoder encoder, LabelMatrix labels, PromptProjection projection, PromptBase start) : IForwardPass
{
    public ValueTask<IReadOnlyList<double[,]>> Logits(TextSet set, IReadOnlyList<double[]?> latents) =>
        ValueTask.FromResult(encoder.Logits(set.Batch, labels, [.. latents.Select(PromptOf)]));

    private Prompt? PromptOf(double[]? latent) =>
        latent is null ? null : Prompt.Assemble(projection.Form, encoder.Encoder, projection.Apply(latent), start);
}
