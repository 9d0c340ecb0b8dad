using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>Forward-only optimisers by the names that commands, files and reports use.</summary>
static class Optimizers
{
    public static string[] Names { get; } = ["cma-es", "nes", "spsa", "random-search"];

    public static OptimizerKind Parse(string name) => name switch
    {
        "cma-es" => OptimizerKind.Cma,
        "nes" => OptimizerKind.Nes,
        "spsa" => OptimizerKind.Spsa,
        "random-search" => OptimizerKind.RandomSearch,
        _ => throw new BadInputException($"unknown optimizer '{name}': use {string.Join(", ", Names)}{Nearest.Hint(name, Names)}"),
    };

    public static string Name(OptimizerKind kind) => kind switch
    {
        OptimizerKind.Cma => "cma-es",
        OptimizerKind.Nes => "nes",
        OptimizerKind.Spsa => "spsa",
        OptimizerKind.RandomSearch => "random-search",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such optimizer"),
    };
}
