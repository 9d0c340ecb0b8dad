using MpcActors.Models;

namespace MpcActors.Tuning;

/// <summary>Texts as input rows with the index of each one's class. The name says what it is for (train, dev, test).</summary>
public sealed record TextSet(string Name, TextBatch Batch, int[] Labels)
{
    public int[] Labels { get; } = Labels.Length == Batch.Texts
        ? Labels
        : throw new ArgumentException($"the {Name} set has {Batch.Texts} texts and {Labels.Length} labels", nameof(Labels));
}

/// <summary>What is opened of a set of texts where logits are not.</summary>
/// <param name="Loss">Mean cross-entropy, without class offsets.</param>
/// <param name="Accuracy">Null where it was not asked for.</param>
public sealed record SetLoss(double Loss, double? Accuracy);

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

    /// <summary>The mean cross-entropy of the set under each latent and nothing else; with <paramref name="measuresAccuracy"/> the share of texts labelled right, too.</summary>
    /// <remarks>On shares no logit is opened for it.</remarks>
    async ValueTask<IReadOnlyList<SetLoss>> Losses(TextSet set, IReadOnlyList<double[]?> latents, bool measuresAccuracy) =>
    [
        .. (await Logits(set, latents)).Select(logits =>
        {
            var none = new double[logits.GetLength(1)];
            return new SetLoss(Classification.CrossEntropy(logits, set.Labels, none), measuresAccuracy ? Classification.Accuracy(logits, set.Labels, none) : null);
        }),
    ];
}

/// <summary>The forward pass in the clear, in double precision.</summary>
public sealed class ClearForwardPass(ClearEncoder encoder, LabelMatrix labels, PromptProjection projection, PromptBase start) : IForwardPass
{
    public ValueTask<IReadOnlyList<double[,]>> Logits(TextSet set, IReadOnlyList<double[]?> latents) =>
        ValueTask.FromResult(encoder.Logits(set.Batch, labels, [.. latents.Select(PromptOf)]));

    private Prompt? PromptOf(double[]? latent) =>
        latent is null ? null : Prompt.Assemble(projection.Form, encoder.Encoder, projection.Apply(latent), start);
}
