using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MpcActors.Data;
using MpcActors.Models;
using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>A task and a seed: the texts that were drawn, which all methods share.</summary>
/// <param name="Queries">Budget of forward-only methods.</param>
/// <param name="Steps">Of methods by gradients.</param>
sealed record FewShotDraw(EncoderModel Model, TextTask Task, int Shots, int Queries, int Steps, ulong Seed)
{
    const int TinyLatent = 50;

    readonly Lazy<OwnerTexts> _texts = new(() => OwnerTexts.From(Task, Model, Shots, int.MaxValue, Seed));

    readonly Dictionary<AttentionKind, Candidate> _candidates = [];

    public OwnerTexts Texts => _texts.Value;

    public string Settings => string.Create(
        CultureInfo.InvariantCulture, $"{Model.Name} {Task.Name} pool={Task.Pool.Count} test={Task.Test.Count} texts={HashOf(Task)} shots={Shots} seed={Seed}");

    /// <summary>With a prefix prompt, and the settings of the documented accuracies.</summary>
    public Candidate CandidateOf(AttentionKind attention)
    {
        if (!_candidates.TryGetValue(attention, out var candidate))
            _candidates[attention] = candidate = Candidate.Prepare(Model, attention, Texts, Candidate.LabelsOf(Model, Texts.Labels), Form, Tuning(OptimizerKind.Cma));
        return candidate;
    }

    public TuningSettings Tuning(OptimizerKind optimizer)
    {
        var defaults = new TuningSettings();
        return defaults with { Optimizer = optimizer, Queries = Queries, Seed = Seed, Labels = OwnerTexts.LabelsOf(Task), LatentDimension = Model.Name == "tiny" ? TinyLatent : defaults.LatentDimension };
    }

    /// <summary>Of all texts and their classes, and of what classes are called: a file of the same name with other texts is another task.</summary>
    static string HashOf(TextTask task)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in task.ClassNames.Concat(task.LabelSentences)) Append(text, -1);
        foreach (var texts in new[] { task.Pool, task.Test })
        {
            Append("", texts.Count);
            foreach (var text in texts) Append(text.Text, text.Label);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];

        void Append(string text, int label)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
            hash.AppendData(BitConverter.GetBytes(label));
        }
    }

    static PromptForm.KeyValuePrefix Form { get; } = new(new TuningSettings().PrefixRows);
}
