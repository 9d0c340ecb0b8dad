using System.Text.Json;
using System.Text.Json.Serialization;
using MpcActors.Protocols;

namespace MpcActors.Models.Private;

/// <summary>What is opened of a pass, to the data owner alone.</summary>
public enum Revealed
{
    /// <summary>[prompts · texts, classes].</summary>
    Logits,

    /// <summary>The sum of the texts' losses, one number a prompt.</summary>
    Loss,

    /// <summary>That, and how many texts are labelled wrong.</summary>
    LossAndErrors,
}

/// <summary>What the data owner asks of the parties next. Public: shapes and numbers of things, nothing of the data.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "job")]
[JsonDerivedType(typeof(KeepTexts), "texts")]
[JsonDerivedType(typeof(KeepLabels), "labels")]
[JsonDerivedType(typeof(KeepPromptForm), "prompt")]
[JsonDerivedType(typeof(Infer), "infer")]
[JsonDerivedType(typeof(Finish), "finish")]
public abstract record Job
{
    const int Most = 1 << 20;

    /// <summary>Shared rows of texts follow; keep them as number <paramref name="Set"/>.</summary>
    public sealed record KeepTexts(int Set, int[] Lengths) : Job;

    /// <summary>Shared classes of the texts that are kept as <paramref name="Set"/> follow: [texts, classes], one integer 1 in each row.</summary>
    public sealed record KeepLabels(int Set, int Classes) : Job;

    /// <summary>The public projection from latents to prompts; shared token rows follow where the form adds to them.</summary>
    public sealed record KeepPromptForm(string Form, int Rows, int Latent, double Alpha, ulong Seed, double[] Scales) : Job;

    /// <summary>
    /// Shares of <paramref name="Prompts"/> latents follow (none for 0: without a prompt); give back the logits of all texts under each,
    /// or what <paramref name="Revealed"/> says.
    /// <paramref name="Epoch"/> names the correlations, and is another for every other job and never 0, which is the model's.
    /// </summary>
    public sealed record Infer(ulong Epoch, int Set, int Prompts, bool KeepMeans, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] Revealed Revealed = Revealed.Logits) : Job;

    public sealed record Finish : Job;

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <exception cref="ProtocolViolationException">The bytes are no job, or one that cannot be.</exception>
    public static Job FromBytes(ReadOnlySpan<byte> bytes)
    {
        var job = PublicMessage.Read<Job>(bytes, "the data owner's job");
        var isSound = job switch
        {
            KeepTexts texts => texts.Lengths is { Length: > 0 } && texts.Lengths.Length <= Most && texts.Lengths.All(length => length is > 0 and <= 4096),
            KeepLabels labels => labels.Classes is >= 2 and <= 4096,
            KeepPromptForm form => form.Rows is > 0 and <= 4096 && form.Latent is > 0 and <= 1 << 16 && form.Scales is { Length: > 0 and <= Most },
            Infer infer => infer.Epoch != 0 && infer.Prompts is >= 0 and <= 4096 && Enum.IsDefined(infer.Revealed),
            Finish => true,
            _ => false,
        };
        return isSound ? job : throw new ProtocolViolationException($"the data owner sent a job that cannot be: {job.GetType().Name}");
    }

    /// <summary>The form that <see cref="KeepPromptForm"/> names.</summary>
    public static PromptForm FormOf(string name, int rows) => name switch
    {
        nameof(PromptForm.KeyValuePrefix) => new PromptForm.KeyValuePrefix(rows),
        nameof(PromptForm.InputRows) => new PromptForm.InputRows(rows),
        nameof(PromptForm.AddedRows) => new PromptForm.AddedRows(rows),
        nameof(PromptForm.Shift) => new PromptForm.Shift(),
        _ => throw new ProtocolViolationException($"the data owner sent a job with an unknown prompt form '{name}'"),
    };
}
