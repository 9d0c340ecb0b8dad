using System.Text;
using MpcActors.Cli.Html;
using MpcActors.Experiments;

namespace MpcActors.Cli;

/// <summary>All experiments' figures that a paper has too, in one document: the paper's, ours, the difference, and why.</summary>
static class ExperimentIndex
{
    public static string Of(IReadOnlyList<(IExperiment Experiment, RunFile Run)> done)
    {
        var text = new StringBuilder("# The papers' figures and ours\n");
        foreach (var (experiment, run) in done)
        {
            text.Append($"\n## {experiment.Name}\n\n{experiment.Question}\n\nCommit {run.Text("commit")}, seed {run.Number("seed"):0}, took {Words.Seconds(run.Number("elapsedSeconds") ?? 0)}. Tables: [{experiment.Name}.md]({experiment.Name}/{experiment.Name}.md).\n\n");
            var published = run.List("rows").Where(row => RunFile.NumberOf(row, "published") is not null).ToArray();
            if (published.Length == 0)
            {
                text.Append("No figure of a paper to compare with.\n");
                continue;
            }

            text.Append("| figure | paper | here | difference | why, as far as it is known |\n|---|--:|--:|--:|---|\n");
            foreach (var row in published)
            {
                var unit = RunFile.TextOf(row, "unit") ?? "";
                var ours = RunFile.NumberOf(row, "ours") is { } number ? Words.Of(number, unit) : row.GetProperty("ours").ToString().Replace('\n', ' ');
                text.Append($"| {RunFile.TextOf(row, "name")} | {Words.Of(RunFile.NumberOf(row, "published"), unit)} | {ours} | {(RunFile.NumberOf(row, "difference") is { } difference ? Words.Change(difference) : "")} | {RunFile.TextOf(row, "note")} |\n");
            }
        }

        return text.ToString();
    }
}
