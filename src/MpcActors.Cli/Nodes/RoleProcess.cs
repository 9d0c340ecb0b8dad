using System.Diagnostics;
using MpcActors.Protocols;

namespace MpcActors.Cli;

/// <summary>A child, its lines and its end.</summary>
sealed class RoleProcess : IDisposable
{
    static readonly Lock Writing = new();

    readonly Process _process;

    public RoleProcess(Role role, NodeRun settings, Output output)
    {
        Role = role;
        var start = new ProcessStartInfo { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        var program = typeof(UpCommand).Assembly.Location;
        start.FileName = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet");
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(program);
        foreach (var argument in new[] { NodeCommand.Name, "--role", role.Name(), "--config", settings.File.Path, "--out", settings.Common.Out, NodeCommand.WithParent }) start.ArgumentList.Add(argument);
        if (settings.Checkpoint.Resume) start.ArgumentList.Add("--resume");
        var isOwner = role == Role.DataOwner;
        if (isOwner && output.IsJson) start.ArgumentList.Add("--json");
        // Five collectors with a heap a core would be too many for one machine.
        start.Environment["DOTNET_gcServer"] = "0";
        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, line) => Write(output.Error, line.Data, $"{role.Name(),-11} | ");
        _process.OutputDataReceived += (_, line) => Write(isOwner ? output.Results : output.Error, isOwner ? line.Data : null, "");
        _process.Start();
        Id = _process.Id;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        Ended = End();
    }

    public Role Role { get; }

    public int Id { get; }

    public int ExitCode { get; private set; }

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

    public void Kill()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
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
