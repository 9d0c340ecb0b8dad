using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace MpcActors.Cli;

/// <summary>Says what is happening and what is left: bars on a terminal, plain lines elsewhere.</summary>
abstract class Steps(IReadOnlyList<string> titles)
{
    readonly Stopwatch _watch = Stopwatch.StartNew();
    readonly List<Phase> _phases = [];
    TimeSpan _begun;
    TimeSpan _begunCpu;
    int _current = -1;

    /// <summary>The steps that are over, and how long each took.</summary>
    public IReadOnlyList<Phase> Phases => _phases;

    public TimeSpan Elapsed => _watch.Elapsed;

    protected IReadOnlyList<string> Titles => titles;

    /// <param name="error">Standard error: standard output is for results.</param>
    public static async Task<T> RunAsync<T>(TextWriter error, IReadOnlyList<string> titles, Func<Steps, Task<T>> body)
    {
        if (!ReferenceEquals(error, Console.Error) || Console.IsErrorRedirected) return await body(new PlainSteps(titles, error));
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        return await console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new SpinnerColumn())
            .StartAsync(async context => await body(new TerminalSteps(titles, context)));
    }

    /// <summary>Ends the current step and begins the next.</summary>
    public void Next()
    {
        End();
        _current++;
        (_begun, _begunCpu) = (Elapsed, Environment.CpuUsage.TotalTime);
        Begun(_current);
    }

    /// <summary>Ends the last step.</summary>
    public void End()
    {
        if (_current < 0) return;
        _phases.Add(new Phase(titles[_current], (Elapsed - _begun).TotalSeconds, (Environment.CpuUsage.TotalTime - _begunCpu).TotalSeconds));
        Ended(_current);
    }

    /// <summary>What is being done now, within the step.</summary>
    public void Announce(string what) => Announced(_current, what);

    /// <summary>How far the step is, and what came of it so far.</summary>
    public void Report(double share, string what)
    {
        var taken = Elapsed - _begun;
        var left = share is > 0 and < 1 ? $", about {Seconds(taken / share - taken)} left in this step" : "";
        Reported(_current, share, $"{what}; {Seconds(taken)}{left}");
    }

    protected abstract void Begun(int step);

    protected abstract void Announced(int step, string what);

    protected abstract void Reported(int step, double share, string what);

    protected abstract void Ended(int step);

    protected static string Seconds(TimeSpan time) => time < TimeSpan.FromMinutes(2)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.0} min");

    sealed class PlainSteps(IReadOnlyList<string> titles, TextWriter error) : Steps(titles)
    {
        static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

        TimeSpan _written;

        protected override void Begun(int step) => Write($"[{step + 1}/{Titles.Count}] {Titles[step]}");

        // What is over in a moment need not be read.
        protected override void Announced(int step, string what)
        {
            if (Elapsed - _written >= Quiet) Write($"      {what}");
        }

        protected override void Reported(int step, double share, string what) => Write($"      {what}");

        protected override void Ended(int step)
        {
        }

        void Write(string line)
        {
            _written = Elapsed;
            error.WriteLine(line);
        }
    }

    sealed class TerminalSteps : Steps
    {
        readonly ProgressTask[] _tasks;

        public TerminalSteps(IReadOnlyList<string> titles, ProgressContext context)
            : base(titles) => _tasks = [.. titles.Select(title => context.AddTask(Markup.Escape(title), autoStart: false, maxValue: 1))];

        protected override void Begun(int step) => _tasks[step].StartTask();

        protected override void Announced(int step, string what) => Describe(step, what);

        protected override void Reported(int step, double share, string what)
        {
            _tasks[step].Value = share;
            Describe(step, what);
        }

        protected override void Ended(int step)
        {
            _tasks[step].Value = 1;
            _tasks[step].StopTask();
            _tasks[step].Description = Markup.Escape(Titles[step]);
        }

        void Describe(int step, string what) => _tasks[step].Description = $"{Markup.Escape(Titles[step])} [grey]{Markup.Escape(what)}[/]";
    }
}
