using System.CommandLine;
using MpcActors.Models.Transformers.Training;

namespace MpcActors.Cli;

/// <summary>Rows that a step trains before the text's: what prompt tuning is about, and with all weights none unless they are asked for.</summary>
static class StepPrompt
{
    const int Usual = 50;

    public static Option<int?> Option() => Options.CountIfAny(
        "--prompt-rows", $"Rows of the prompt before the text's tokens, with --method prompt ({Usual} if not given); with --method sft rows that are trained beside all weights (none if not given)", 1, 1 << 12);

    public static int Rows(TuningMethod method, int? given) => given ?? (method == TuningMethod.Prompt ? Usual : 0);
}
