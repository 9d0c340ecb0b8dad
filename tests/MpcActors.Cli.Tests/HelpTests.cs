namespace MpcActors.Cli.Tests;

public sealed class HelpTests
{
    [Theory]
    [InlineData("mpc tu", "tune")]
    [InlineData("./mpc bench ", "kernels")]
    [InlineData("mpc cost --mod", "--model")]
    [InlineData("mpc tune --data x.tsv --attention ", "rfa")]
    public async Task A_shell_completes_commands_options_and_values(string line, string expected)
    {
        var typed = await Typed.Run("completion", "--line", line, "--at", $"{line.Length}");

        Assert.Equal(0, typed.Code);
        Assert.Contains(expected, typed.Output.Split('\n', StringSplitOptions.TrimEntries));
    }

    [Theory]
    [InlineData("bash", 0, "complete -o default -F _mpc mpc")]
    [InlineData("tcsh", 2, "unknown shell 'tcsh': use one of bash, zsh, fish")]
    public async Task A_shell_gets_its_script_or_is_refused(string shell, int code, string expected)
    {
        var typed = await Typed.Run("completion", shell);

        Assert.Equal(code, typed.Code);
        Assert.Contains(expected, typed.Output + typed.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "mpc demo --offline")]
    [InlineData("", "mpc demo --offline")]
    [InlineData("demo --help", "mpc demo --quick --json")]
    [InlineData("tune -h", "mpc tune --data train.tsv --label-words bad,good")]
    [InlineData("adapt --help", "mpc adapt --attention uniform --train all")]
    [InlineData("certs --help", "mpc certs deployment")]
    [InlineData("node --help", "mpc node --role party-0 --config deployment/node.hocon")]
    [InlineData("up --help", "mpc up --config deployment/node.hocon --resume")]
    [InlineData("bench --help", "mpc bench kernels")]
    [InlineData("bench kernels --help", "mpc bench kernels --json")]
    [InlineData("cost --help", "mpc cost --model gpt3")]
    [InlineData("bench layer --help", "mpc bench layer --tokens 512")]
    [InlineData("bench protocols --help", "mpc bench protocols")]
    public async Task Every_command_shows_examples(string line, string example)
    {
        var typed = await Typed.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(0, typed.Code);
        var examples = typed.Output[typed.Output.IndexOf("Examples:", StringComparison.Ordinal)..];
        Assert.Contains(example, examples, StringComparison.Ordinal);
        Assert.Empty(typed.Error);
    }
}
