using System.CommandLine;
using MpcActors.Experiments;

namespace MpcActors.Cli;

/// <summary>An experiment with options of its own.</summary>
interface IConfiguredExperiment : IExperiment
{
    IEnumerable<Option> OwnOptions { get; }

    /// <param name="typed">Where its options are.</param>
    Task<ExperimentResult> RunAsync(ParseResult typed, ExperimentSettings settings, Action<string> announce, CancellationToken cancellation);
}
