using MpcActors.Models;

namespace MpcActors.Cli;

/// <summary>Attentions by the names that commands and reports use.</summary>
static class Attentions
{
    public static string[] Names { get; } = ["softmax", "rfa", "uniform"];

    public static AttentionKind Parse(string name) => name switch
    {
        "softmax" => AttentionKind.Softmax,
        "rfa" => AttentionKind.RandomFeatures,
        "uniform" => AttentionKind.Uniform,
        _ => throw new BadInputException($"unknown attention '{name}': use {string.Join(", ", Names)}{Nearest.Hint(name, Names)}"),
    };

    public static string Name(this AttentionKind kind) => kind switch
    {
        AttentionKind.Softmax => "softmax",
        AttentionKind.RandomFeatures => "rfa",
        AttentionKind.Uniform => "uniform",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such attention"),
    };
}
