using MpcActors.Models;

namespace MpcActors.Cli;

/// <summary>Prompt forms by the names that commands and reports use.</summary>
static class PromptForms
{
    public static string[] Names { get; } = ["prefix", "input-rows", "added-rows", "shift"];

    public static PromptForm Parse(string name, int rows) => name switch
    {
        "prefix" => new PromptForm.KeyValuePrefix(rows),
        "input-rows" => new PromptForm.InputRows(rows),
        "added-rows" => new PromptForm.AddedRows(rows),
        "shift" => new PromptForm.Shift(),
        _ => throw new BadInputException($"unknown prompt form '{name}': use {string.Join(", ", Names)}{Nearest.Hint(name, Names)}"),
    };

    public static string Name(PromptForm form) => form switch
    {
        PromptForm.KeyValuePrefix => "prefix",
        PromptForm.InputRows => "input-rows",
        PromptForm.AddedRows => "added-rows",
        PromptForm.Shift => "shift",
        _ => throw new ArgumentOutOfRangeException(nameof(form), form, "no such prompt form"),
    };
}
