using System.CommandLine;

namespace MpcActors.Cli;

/// <summary>Lets a shell complete commands, options and their values.</summary>
static class CompletionCommand
{
    /// <summary>The shell asks with the line as it stands and the place of the cursor; every suggestion is a line.</summary>
    static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = """
            _mpc() { local IFS=$'\n'; COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" completion --line "$COMP_LINE" --at "$COMP_POINT" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}")); }
            complete -o default -F _mpc mpc ./mpc
            """,
        ["zsh"] = """
            #compdef mpc
            _mpc() { local -a found; found=("${(@f)$("${words[1]}" completion --line "$BUFFER" --at "$CURSOR" 2>/dev/null)}"); compadd -a found; }
            compdef _mpc mpc ./mpc
            """,
        ["fish"] = """
            complete -f -c mpc -a '(mpc completion --line (commandline -p) --at (commandline -C) 2>/dev/null)'
            """,
    };

    public static Command Create(Func<Command> root)
    {
        var shell = new Argument<string?>("SHELL") { Description = string.Join(", ", Scripts.Keys), Arity = ArgumentArity.ZeroOrOne };
        var line = new Option<string?>("--line") { Description = "The line that is typed", Hidden = true };
        var at = new Option<int?>("--at") { Description = "Place of the cursor", Hidden = true };
        var command = new ExemplifiedCommand(
            "completion", "Writes what a shell needs to complete commands, options and values.",
            ("source <(./mpc completion bash)", "in this shell; in ~/.bashrc for all"),
            ("mpc completion fish > ~/.config/fish/completions/mpc.fish", "for fish"))
        {
            shell, line, at,
        };
        command.SetAction(result =>
        {
            var output = result.InvocationConfiguration.Output;
            if (result.GetValue(line) is { } typed)
            {
                var place = Math.Clamp(result.GetValue(at) ?? typed.Length, 0, typed.Length);
                foreach (var label in Suggestions(root(), typed, place)) output.WriteLine(label);
                return (int)ExitCode.Done;
            }

            var name = result.GetValue(shell);
            if (name is null || !Scripts.TryGetValue(name, out var script))
                throw new BadInputException(name is null ? $"which shell? Use one of {string.Join(", ", Scripts.Keys)}" : $"unknown shell '{name}': use one of {string.Join(", ", Scripts.Keys)}{Nearest.Hint(name, Scripts.Keys)}");
            output.WriteLine(script);
            return (int)ExitCode.Done;
        });
        return command;
    }

    /// <summary>What may stand at the cursor.</summary>
    static IEnumerable<string> Suggestions(Command root, string line, int place)
    {
        // The first word is the program, however it is called.
        var start = line.TakeWhile(letter => !char.IsWhiteSpace(letter)).Count();
        if (place <= start) return [];
        var rest = line[start..place];
        return root.Parse(rest.TrimStart()).GetCompletions(rest.TrimStart().Length).Select(item => item.Label).Distinct();
    }
}
