using System.Text.Json;
using MpcActors.Data;
using MpcActors.Network;
using MpcActors.Tuning.Gradients;

namespace MpcActors.Cli;

/// <summary>What a training by gradients leaves: a prompt to the data owner, or tensors to the model owner.</summary>
static class GradientFiles
{
    public const string Prompt = "prompt.json", Tensors = "tuned.safetensors";

    static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>Of a simulated session: the result of its owner, and the timeline.</summary>
    /// <returns>The result's file and whose it is.</returns>
    public static string Write(OutputFolder folder, CommonSettings common, OwnerTexts texts, string model, GradientCandidate candidate, GradientSettings settings, GradientOutcome shares)
    {
        var timeline = shares.Run!.On(common.Network).Timeline;
        folder.Write("trace.json", stream => ChromeTrace.Write(stream, timeline));
        if (shares.Prompt is not null)
        {
            WritePrompt(folder, texts, model, candidate, settings, shares);
            return $"{Prompt} (the data owner's)";
        }

        WriteTensors(folder, candidate.Outline, shares.Trained);
        return $"{Tensors} (the model owner's)";
    }

    /// <summary>By the data owner, where a prompt was trained.</summary>
    public static void WritePrompt(OutputFolder folder, OwnerTexts texts, string model, GradientCandidate candidate, GradientSettings settings, GradientOutcome shares)
    {
        var prompt = new PromptFile(
            "mpc-actors/prompt-rows-1", texts.Task.Name, model, candidate.Name, settings.PromptRows, candidate.Outline.Width, texts.Task.ClassNames, texts.Task.LabelSentences, shares.Result.Tuned, settings.Steps,
            shares.Result.Losses, shares.Result.Checks, shares.Prompt!);
        folder.Write(Prompt, JsonSerializer.Serialize(prompt, Format) + "\n");
    }

    /// <summary>By the model owner.</summary>
    public static void WriteTensors(OutputFolder folder, TrainingOutline outline, IReadOnlyDictionary<string, double[]> trained)
    {
        var shapes = outline.Tensors(1).ToDictionary(tensor => tensor.Name, tensor => tensor.Shape);
        var tensors = trained.ToDictionary(
            one => one.Key, one => new FloatTensor(Array.ConvertAll(one.Value, value => (float)value), shapes[one.Key].Rows == 1 ? [one.Value.Length] : [shapes[one.Key].Rows, shapes[one.Key].Columns]));
        folder.Write(Tensors, stream => Safetensors.Write(stream, tensors));
    }

    /// <summary>What the data owner keeps of a trained prompt.</summary>
    sealed record PromptFile(
        string Schema, string Task, string Model, string Attention, int PromptRows, int Width, IReadOnlyList<string> Classes, IReadOnlyList<string> LabelSentences, double Accuracy, int Steps,
        IReadOnlyList<double> Losses, IReadOnlyList<StepCheck> Checks, double[] Rows);
}
