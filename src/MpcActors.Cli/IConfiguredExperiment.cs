using System.CommandLine;
using MpcActors.Experiments;

namespace MpcActors.Cli;

/// <summary>An experiment with options of its own.</summary>
interface IConfiguredExperiment : IExperiment
{
    IEnumerable<Option> OwnOptions { get; }

    /// <summary>The same with its options as they were typed.</summary>
    IExperiment With(ParseResult typed);
}
