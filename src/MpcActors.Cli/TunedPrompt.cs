using System.Text.Json;
using MpcActors.Models;
using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>What the owner keeps: everything that the prompt is made of.</summary>
sealed record TunedPrompt(
    string Schema, string Task, string Model, string Attention, string Prompt, int PromptRows, ulong ProjectionSeed, double Alpha, IReadOnlyList<string> Classes,
    IReadOnlyList<string> LabelSentences, double Accuracy, int Queries, IReadOnlyList<double> Losses, IReadOnlyList<DevCheck> Checks, int Selected, double[] Offsets, double[] Latent)
{
    static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    public static TunedPrompt Of(EncoderModel model, OwnerTexts texts, Candidate candidate, PromptForm form, TuningResult result) => new(
        "mpc-actors/prompt-1", texts.Task.Name, model.Name, candidate.Name, PromptForms.Name(form), form.Rows, candidate.Projection.Seed,
        candidate.Projection.Alpha, texts.Task.ClassNames, texts.Task.LabelSentences, result.Tuned, result.Queries, result.Losses, result.Checks, result.Selected,
        result.Offsets, result.Latent);

    public string ToJson() => JsonSerializer.Serialize(this, Format);
}
