using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace MpcActors.Cli;

/// <summary>A command that can be looked at: each example is a line to type and what it does.</summary>
sealed class ExemplifiedCommand(string name, string description, params (string Line, string Meaning)[] examples) : Command(name, description)
{
    public IReadOnlyList<(string Line, string Meaning)> Examples => examples;
}

/// <summary>The usual help, with a command's examples below.</summary>
sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is not ExemplifiedCommand { Examples.Count: > 0 } command) return 0;
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var (line, meaning) in command.Examples)
        {
            output.WriteLine($"  {line}");
            output.WriteLine($"      {meaning}");
        }

        output.WriteLine();
        return 0;
    }
}
