using System.Diagnostics;
using System.Globalization;
using MpcActors.Actors.Nodes;
using MpcActors.Protocols;

namespace MpcActors.Cli;

/// <summary>A child, its lines and its end.</summary>
sealed class RoleProcess : IDisposable
{
    const string Pin = "taskset";

    static readonly Lock Writing = new();
    static readonly TimeSpan LongestTimer = TimeSpan.FromDays(40);

    readonly Process _process;
    readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="name">Before each of its lines.</param>
    /// <param name="role">Null of a coordinator.</param>
    /// <param name="isResult">What it writes to standard output is what came of all.</param>
    /// <param name="core">The only one that it may use; null for all.</param>
    RoleProcess(string name, Role? role, bool isResult, string[] arguments, Output output, int? core = null)
    {
        (Name, Role) = (name, role);
        var start = new ProcessStartInfo { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        var program = typeof(UpCommand).Assembly.Location;
        start.FileName = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet");
        string[] run = ["exec", program, .. arguments, NodeCommand.WithParent];
        // It becomes the program, under the same number; an affinity that is set later holds for one thread alone.
        if (core is { } only) (start.FileName, run) = (Pin, ["--cpu-list", only.ToString(CultureInfo.InvariantCulture), start.FileName, .. run]);
        foreach (var argument in run) start.ArgumentList.Add(argument);
        // Five collectors with a heap a core would be too many for one machine.
        start.Environment["DOTNET_gcServer"] = "0";
        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.Contains(Node.Begins, StringComparison.Ordinal) == true) _begun.TrySetResult();
            Write(output.Error, line.Data, $"{name,-11} | ");
        };
        _process.OutputDataReceived += (_, line) => Write(isResult ? output.Results : output.Error, isResult ? line.Data : null, "");
        _process.Start();
        Id = _process.Id;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        Ended = End();
    }

    public static RoleProcess Of(Role role, NodeRun settings, Output output) => Of(role, settings, output, role.Name());

    public static RoleProcess Of(Role role, NodeRun settings, Output output, string name)
    {
        string[] resume = settings.Checkpoint.Resume ? ["--resume"] : [];
        string[] json = role == Protocols.Role.DataOwner && output.IsJson ? ["--json"] : [];
        string[] scenario = settings.Trial is { } trial ? ["--scenario", trial.Path] : [];
        string[] pairs = role == Protocols.Role.DataOwner ? [.. settings.Pairs.SelectMany(pair => (string[])["--pair", pair.Path])] : [];
        string[] cluster = settings.Cluster is { } file ? ["--cluster", file.Path] : [];
        string[] probe = settings.ProbeRounds is { } rounds ? [NodeCommand.Probe, rounds.ToString(CultureInfo.InvariantCulture)] : [];
        return new(name, role, role == Protocols.Role.DataOwner, [NodeCommand.Name, "--role", role.Name(), "--config", settings.File.Path, "--out", settings.Common.Out, .. cluster, .. pairs, .. probe, .. scenario, .. resume, .. json], output, settings.Core);
    }

    /// <summary>Of a federation, where the server says what came of it.</summary>
    public static RoleProcess Of(FederatedMember member, FederatedRun run, Output output)
    {
        var isServer = member.Role == Protocols.Role.PartyOne;
        string[] resume = run.Resume ? ["--resume"] : [];
        string[] json = isServer && output.IsJson ? ["--json"] : [];
        string[] cluster = run.Cluster is { } file ? ["--cluster", file.Path] : [];
        return new(member.Name, member.Role, isServer, [NodeCommand.Name, "--role", member.Name, "--config", run.File.Path, "--out", run.Common.Out, .. cluster, .. resume, .. json], output);
    }

    public static RoleProcess Coordinator(ClusterFile cluster, Output output) => new(CoordinatorCommand.Name, null, false, [CoordinatorCommand.Name, "--cluster", cluster.Path], output);

    /// <summary>The system has what keeps a process to a core.</summary>
    public static bool CanPin => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, Pin)));

    public string Name { get; }

    public Role? Role { get; }

    /// <summary>The first session has begun.</summary>
    public Task Begun => _begun.Task;

    public int Id { get; }

    public int ExitCode { get; private set; }

    /// <summary>So far, of all its threads; the system counts in hundredths of a second.</summary>
    /// <exception cref="InvalidOperationException">It has ended.</exception>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public Task<RoleProcess> Ended { get; }

    /// <summary>Asks it to end, as Ctrl-C would.</summary>
    public void Stop()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended.
        }
    }

    /// <summary>Stops it where it is, as a machine that is too busy would, and lets it go on, if it was not ended meanwhile.</summary>
    public async Task PauseAsync(TimeSpan time, CancellationToken cancellation)
    {
        Signal("-STOP");
        await Task.WhenAny(Ended, Wait(time, cancellation));
        if (!Ended.IsCompleted) Signal("-CONT");
    }

    /// <summary>Longer than a timer can is as good as for ever: a session is over by then.</summary>
    public static Task Wait(TimeSpan time, CancellationToken cancellation) => Task.Delay(time < LongestTimer ? time : Timeout.InfiniteTimeSpan, cancellation);

    public void Kill()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    void Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    async Task<RoleProcess> End()
    {
        await _process.WaitForExitAsync(CancellationToken.None);
        ExitCode = _process.ExitCode;
        return this;
    }

    static void Write(TextWriter to, string? line, string before)
    {
        if (line is null) return;
        lock (Writing) to.WriteLine(before + line);
    }
}
