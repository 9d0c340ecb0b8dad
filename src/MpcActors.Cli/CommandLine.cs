using System.CommandLine;
using System.CommandLine.Help;
using MpcActors.Actors;
using MpcActors.Actors.Federations;
using MpcActors.Data;

namespace MpcActors.Cli;

/// <summary>Exit codes, the same for every command.</summary>
enum ExitCode
{
    Done = 0,
    RunFailed = 1,
    BadInput = 2,
    Interrupted = 130,
}

/// <summary>The program as a function: reads a command line, runs the command, says what went wrong in one message.</summary>
public static class CommandLine
{
    /// <returns>0 done, 1 a run failed, 2 bad input, 130 interrupted.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellation = default)
    {
        var parsed = Root().Parse(args);
        try
        {
            RequireKnown(parsed);
            var configuration = new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(configuration, cancellation);
        }
        catch (Exception problem)
        {
            var (code, message) = Explain(problem);
            error.WriteLine(message);
            return (int)code;
        }
    }

    static ExemplifiedCommand Root()
    {
        var root = new ExemplifiedCommand(
            "mpc",
            "Fine-tunes language models on private data under secure two-party computation, over a simulated network.",
            ("mpc demo", "private prompt tuning of a real model, end to end, with what it costs on a LAN and two WANs"),
            ("mpc demo --offline", "the same on a tiny model and task that come with the program, in seconds"),
            ("mpc tune --data train.tsv --label-words bad,good", "the same on your own texts"))
        {
            DemoCommand.Create(),
            TuneCommand.Create(),
            AdaptCommand.Create(),
            FederateCommand.Create(),
            CostCommand.Create(),
            ExperimentCommand.Create(),
            CertsCommand.Create(),
            NodeCommand.Create(),
            CoordinatorCommand.Create(),
            UpCommand.Create(),
            StatusCommand.Create(),
            ExploreCommand.Create(),
            BenchCommand.Create(),
            ReportCommand.Create(),
            ReferenceCommand.Create(),
            CompletionCommand.Create(Root),
        };
        var help = new HelpOption();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        root.Options.Add(help);
        root.Options.Add(new VersionOption());
        root.SetAction(result => help.Action is HelpWithExamples action ? action.Invoke(result) : 0);
        return root;
    }

    static void RequireKnown(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is [var unknown, ..])
        {
            var command = parsed.CommandResult.Command;
            var isOption = unknown.StartsWith('-');
            var known = isOption
                ? command.Options.Select(option => option.Name).Append("--help")
                : command.Subcommands.Select(subcommand => subcommand.Name);
            var kind = isOption ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
            throw new BadInputException($"unknown {kind} '{unknown}'{Nearest.Hint(unknown, known)} ('{Path(parsed)} --help' shows what there is)");
        }

        if (parsed.Errors is [var error, ..]) throw new BadInputException($"{error.Message.TrimEnd('.')} ('{Path(parsed)} --help' shows what there is)");
    }

    /// <summary>The command as it was typed: "mpc bench kernels".</summary>
    static string Path(ParseResult parsed)
    {
        var names = new List<string>();
        for (var symbol = parsed.CommandResult; symbol is not null; symbol = symbol.Parent as System.CommandLine.Parsing.CommandResult) names.Insert(0, symbol.Command.Name);
        return string.Join(' ', names);
    }

    static (ExitCode Code, string Message) Explain(Exception problem) => problem switch
    {
        OperationCanceledException => (ExitCode.Interrupted, "interrupted; every file that was written is whole"),
        BadInputException or MissingResourceException => (ExitCode.BadInput, problem.Message),
        // The owner's program reads its checkpoint inside the session.
        SessionFailedException { InnerException: { } inner } when inner is BadInputException or InvalidDataException or IOException or UnauthorizedAccessException =>
            (ExitCode.BadInput, inner.Message),
        SessionFailedException or FederationLostException => (ExitCode.RunFailed, problem.Message),
        InvalidDataException or IOException or UnauthorizedAccessException => (ExitCode.BadInput, problem.Message),
        OutOfMemoryException => (ExitCode.RunFailed, "the machine has not enough memory for this run; fewer shots or a smaller population need less"),
        _ => (ExitCode.RunFailed, $"the run failed: {problem.GetType().Name}: {problem.Message}"),
    };
}
