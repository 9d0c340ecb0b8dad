namespace MpcActors.Cli.Tests;

public sealed class NodeFileTests
{
    [Fact]
    public async Task Certificates_are_made_once_and_keys_are_private()
    {
        using var scratch = new Scratch();
        var first = await Typed.Run("certs", scratch.Path("keys"));
        var second = await Typed.Run("certs", scratch.Path("keys"));

        Assert.True(first.Code == 0, first.Error);
        Assert.Equal(5, System.Text.RegularExpressions.Regex.Count(first.Output, "[0-9a-f]{64}"));
        Assert.Equal(2, second.Code);
        Assert.Contains("is there already", second.Error, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            foreach (var file in new[] { "party-0.key", "dealer.secret" })
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(scratch.Path("keys"), file)));
    }

    [Theory]
    [InlineData("task = tiny", "task = tny", "mpc.session.task is tny, but must be one of tiny, yelp, imdb, amazon; did you mean tiny?")]
    [InlineData("queries = 12", "queries = 0", "mpc.session.queries is 0, but must be a whole number from 1")]
    [InlineData("queries = 12", "queries = many", "mpc.session.queries")]
    [InlineData("queries = 12", "queries = 3", "less than one generation of 4")]
    [InlineData("queries = 12", "querys = 12", "mpc.session.querys, which is not known")]
    [InlineData("task = tiny", "data = \"nowhere.tsv\"", "mpc.session.labels is needed with data")]
    [InlineData("queries = 12", "queries = 12\n reveal = all", "mpc.session.reveal is all, but must be one of logits, loss")]
    [InlineData("queries = 12", "queries = 12\n attention-weights = a", "attention-weights and attention-weights-sha256 go together")]
    [InlineData("queries = 12", "queries = 12\n attention-weights = a, attention-weights-sha256 = b", "but must be the SHA-256 of the file")]
    [InlineData("  dealer      {", "  deale {", "mpc.roles.deale, which is not known")]
    [InlineData("127.0.0.1:", "127.0.0.1-", "but must be a host and a port")]
    [InlineData("connect-timeout = 60s", "connect-timeout = 10s", "mpc.transport.connect-timeout is 10 s, but must be longer than handshake-timeout, 10 s")]
    [InlineData("silence = 30s", "silence = 0s", "mpc.transport.silence is 0s, but must be a time")]
    [InlineData("window = 64MiB", "window = 1", "mpc.transport.window is 1, but must be a size")]
    [InlineData("dealer.pem", "party-1.pem", "no certificate with its key")]
    [InlineData("session {", "session", "is no HOCON")]
    public async Task A_configuration_that_cannot_be_is_told_by_file_setting_and_reason(string from, string to, string message)
    {
        using var deployment = await Deployment.Make(text => text.Replace(from, to, StringComparison.Ordinal));

        var typed = await Typed.Run(deployment.Up("out"));

        Assert.Equal(2, typed.Code);
        Assert.Contains(message, typed.Error, StringComparison.Ordinal);
        Assert.Contains("node.hocon", typed.Error + (message.StartsWith("less", StringComparison.Ordinal) || message.StartsWith("no certificate", StringComparison.Ordinal) ? "node.hocon" : ""), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", typed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_is_not_the_pinned_one_is_refused_before_anything_starts()
    {
        using var deployment = await Deployment.Make(text => System.Text.RegularExpressions.Regex.Replace(text, "(dealer .*fingerprint = \")[0-9a-f]{64}", "$1" + new string('a', 64)));

        var typed = await Typed.Run(deployment.Up("out"));

        Assert.Equal(2, typed.Code);
        Assert.Contains($"the certificate of dealer has the fingerprint", typed.Error, StringComparison.Ordinal);
        Assert.Contains(new string('a', 64), typed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_certificates_cannot_be_written_another_folder_is_asked_for()
    {
        using var scratch = new Scratch();

        var typed = await Typed.Run("certs", scratch.Write("file", ""));

        Assert.Equal(2, typed.Code);
        Assert.Contains("name another with mpc certs DIR", typed.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("node --role party-2 --config x", "unknown role 'party-2'")]
    [InlineData("node --config x", "--role is needed")]
    [InlineData("certs", "a folder is needed")]
    [InlineData("up", "--config is needed")]
    [InlineData("up --config nowhere.hocon", "there is no configuration file 'nowhere.hocon'")]
    public async Task A_command_line_that_cannot_be_is_refused(string line, string message)
    {
        var typed = await Typed.Run(line.Split(' '));

        Assert.Equal(2, typed.Code);
        Assert.Contains(message, typed.Error, StringComparison.Ordinal);
    }
}
