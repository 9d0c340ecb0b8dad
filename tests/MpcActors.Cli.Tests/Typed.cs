using System.Text;

namespace MpcActors.Cli.Tests;

/// <summary>What a command line came to.</summary>
sealed record Typed(int Code, string Output, string Error)
{
    public static async Task<Typed> Run(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        return new Typed(await CommandLine.RunAsync(args, output, error), output.ToString(), error.ToString());
    }

    /// <summary>Types Ctrl-C as soon as <paramref name="seen"/> was written to standard error after <paramref name="after"/>.</summary>
    public static async Task<Typed> RunUntil(string after, string seen, params string[] args)
    {
        using var interrupt = new CancellationTokenSource();
        var (output, error) = (new StringWriter(), new Watcher(after, seen, interrupt.Cancel));
        return new Typed(await CommandLine.RunAsync(args, output, error, interrupt.Token), output.ToString(), error.ToString());
    }

    /// <summary>Until it ends, or is interrupted.</summary>
    public static async Task<Typed> RunUntilDone(CancellationToken cancellation, params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        return new Typed(await CommandLine.RunAsync(args, output, error, cancellation), output.ToString(), error.ToString());
    }

    /// <summary>Does something as soon as <paramref name="seen"/> was written to standard error.</summary>
    public static async Task<Typed> RunAnd(string seen, Action found, params string[] args)
    {
        var (output, error) = (new StringWriter(), new Watcher("", seen, found));
        return new Typed(await CommandLine.RunAsync(args, output, error), output.ToString(), error.ToString());
    }

    /// <summary>Does one thing after the other, each as soon as its words were written to standard error after those before.</summary>
    public static async Task<Typed> RunThrough(CancellationTokenSource interrupt, (string Seen, Action Found)[] steps, params string[] args)
    {
        var (output, error, at, start) = (new StringWriter(), new Lines(), 0, 0);
        error.Written = text =>
        {
            while (at < steps.Length && text.IndexOf(steps[at].Seen, start, StringComparison.Ordinal) is >= 0 and var found)
            {
                start = found + steps[at].Seen.Length;
                steps[at++].Found();
            }
        };
        return new Typed(await CommandLine.RunAsync(args, output, error, interrupt.Token), output.ToString(), error.ToString());
    }

    sealed class Lines : StringWriter
    {
        public Action<string> Written { get; set; } = _ => { };

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            Written(ToString());
        }
    }

    sealed class Watcher(string after, string seen, Action found) : StringWriter
    {
        readonly StringBuilder _text = new();
        bool _isFound;

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            _text.AppendLine(value);
            var all = _text.ToString();
            var start = all.IndexOf(after, StringComparison.Ordinal);
            if (_isFound || start < 0 || all.IndexOf(seen, start, StringComparison.Ordinal) < 0) return;
            _isFound = true;
            found();
        }
    }
}

/// <summary>A folder of a test's own, gone afterwards.</summary>
sealed class Scratch : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("mpc-cli-").FullName;

    public string Path(string name) => System.IO.Path.Combine(Folder, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(Path(name), text);
        return Path(name);
    }

    public void Dispose() => Directory.Delete(Folder, true);
}
