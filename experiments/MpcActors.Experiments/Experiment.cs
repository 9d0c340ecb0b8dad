using System.Text.Json.Serialization;

namespace MpcActors.Experiments;

/// <summary>A table or figure of a paper, made again.</summary>
public interface IExperiment
{
    /// <summary>As it is typed.</summary>
    string Name { get; }

    /// <summary>What it finds out, in a sentence.</summary>
    string Question { get; }

    /// <summary>Whether long parts are kept as they are done, so that a run that was stopped goes on.</summary>
    bool KeepsParts => false;

    /// <param name="announce">Told in words how far it is.</param>
    Task<ExperimentResult> RunAsync(ExperimentSettings settings, Action<string> announce, CancellationToken cancellation);
}

/// <param name="IsQuick">Under a minute: smaller sizes, or planned instead of executed.</param>
/// <param name="Folder">Where parts are kept by an experiment that does so.</param>
public sealed record ExperimentSettings(bool IsQuick, ulong Seed, string Folder)
{
    /// <summary>Whether only those long parts are shown that are done already.</summary>
    public bool ShowsWhatIsDone { get; init; }
}

/// <summary>One figure.</summary>
/// <param name="Published">The paper's, where one exists.</param>
/// <param name="Ours">A number, or an object of numbers.</param>
/// <param name="Unit">Of both.</param>
/// <param name="Note">Where they differ: why, as far as it is known.</param>
public sealed record ExperimentRow(string Name, double? Published, object Ours, string Unit, string? Note = null)
{
    /// <summary>Of ours from the published figure, as a share of it.</summary>
    public double? Difference => Published is { } published && Ours is double ours ? ours / published - 1 : null;

    /// <summary>Of experiments that say more of a figure: members of the row itself, named as they are written.</summary>
    [JsonExtensionData]
    public Dictionary<string, object>? More { get; init; }
}

/// <param name="Tables">Markdown for a document.</param>
/// <param name="Files">Contents by name.</param>
public sealed record ExperimentResult(IReadOnlyList<ExperimentRow> Rows, string Tables, IReadOnlyDictionary<string, string> Files)
{
    /// <summary>What is worth drawing beside the rows.</summary>
    public IReadOnlyList<ExperimentFigure> Figures { get; init; } = [];
}

/// <summary>A chart of lines.</summary>
/// <param name="X">What its horizontal axis is.</param>
/// <param name="Y">What its vertical axis is.</param>
/// <param name="Unit">Of y: bytes, seconds, share, or empty.</param>
/// <param name="IsLogarithmic">Both axes.</param>
public sealed record ExperimentFigure(string Name, string X, string Y, string Unit, bool IsLogarithmic, IReadOnlyList<ExperimentLine> Series);

/// <param name="Points">x and y.</param>
public sealed record ExperimentLine(string Name, IReadOnlyList<double[]> Points);

/// <summary>All of them.</summary>
public static class Experiments
{
    public static IReadOnlyList<IExperiment> All { get; } = [new SecpTuningCost(), new Prifft(), new SuiteByNetwork()];
}
