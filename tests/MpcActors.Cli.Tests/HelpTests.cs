namespace MpcActors.Cli.Tests;

public sealed class HelpTests
{
    [Theory]
    [InlineData("--help", "mpc demo --offline")]
    [InlineData("", "mpc demo --offline")]
    [InlineData("demo --help", "mpc demo --quick --json")]
    [InlineData("tune -h", "mpc tune --data train.tsv --label-words bad,good")]
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
