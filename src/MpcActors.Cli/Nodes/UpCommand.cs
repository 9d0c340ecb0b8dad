using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using MpcActors.Protocols;

namespace MpcActors.Cli;

/// <summary>All roles of a deployment as processes of this machine, with one combined progress.</summary>
static class UpCommand
{
    const string Name = "up";

    /// <summary>For the others to hear from the failed one's peers why the session is over.</summary>
    static readonly TimeSpan Word = TimeSpan.FromSeconds(2);

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        var simulated = Options.Flag("--simulated", "Run the same session in this process over the simulated network: the same result and the same transcript");
        var realTime = Options.Flag("--real-time", "With --simulated: wait for the simulated network's delays, as real ones");
        var options = new NodeOptions(Name);
        var command = new ExemplifiedCommand(
            Name,
            "Starts every role of a deployment as a process of this machine, and ends them all together.",
            ("mpc up --config deployment/node.hocon", "tunes as the file's session says"),
            ("mpc up --config deployment/node.hocon --resume", "goes on where an interrupted run was, and ends in the same prompt"),
            ("mpc up --config deployment/node.hocon --simulated --json", "the same session simulated; compare the transcripts"))
        {
            simulated, realTime,
        };
        options.AddTo(command);
        command.SetAction((result, cancellation) =>
        {
            var settings = options.Read(result);
            var output = Output.Of(result, settings.Common);
            if (result.GetValue(realTime) && !result.GetValue(simulated)) throw new BadInputException("--real-time goes with --simulated: processes run in real time anyway");
            return result.GetValue(simulated) ? NodeCommand.SimulateAsync(settings with { IsRealTime = result.GetValue(realTime) }, output, cancellation) : RunAsync(settings, output, cancellation);
        });
        return command;
    }

    static async Task<int> RunAsync(NodeRun settings, Output output, CancellationToken cancellation)
    {
        var folder = new OutputFolder(settings.Common.Out);
        foreach (var role in settings.File.Roles.Keys) _ = settings.File.SettingsOf(role, _ => { });
        var processes = settings.File.Roles.Keys.Order().Select(role => new RoleProcess(role, settings, output)).ToArray();
        try
        {
            folder.Write("processes.json", JsonSerializer.Serialize(processes.ToDictionary(process => process.Role.Name(), process => process.Id)) + "\n");
            await EndTogether(processes, output, cancellation);
        }
        finally
        {
            foreach (var process in processes) process.Dispose();
        }

        MergeTraces(folder);
        var worst = processes.Select(process => process.ExitCode).FirstOrDefault(code => code == (int)ExitCode.BadInput, processes.Max(process => process.ExitCode));
        return cancellation.IsCancellationRequested ? throw new OperationCanceledException(cancellation) : worst is >= 0 and <= 2 ? worst : (int)ExitCode.RunFailed;
    }

    /// <summary>Waits for all; when one fails, or Ctrl-C comes, the others get a little time to end by themselves.</summary>
    static async Task EndTogether(RoleProcess[] processes, Output output, CancellationToken cancellation)
    {
        var running = processes.ToList();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            while (running.Count > 0)
            {
                var ended = await (await Task.WhenAny(running.Select(process => process.Ended))).WaitAsync(stop.Token);
                running.Remove(ended);
                if (ended.ExitCode == 0) continue;
                output.Error.WriteLine($"{ended.Role.Name()} ended with exit code {ended.ExitCode}; the session is over");
                await Task.WhenAny(Task.WhenAll(running.Select(process => process.Ended)), Task.Delay(Word, stop.Token));
                break;
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C.
        }

        foreach (var process in running) process.Stop();
        await Task.WhenAny(Task.WhenAll(running.Select(process => process.Ended)), Task.Delay(Patience, CancellationToken.None));
        foreach (var process in running) process.Kill();
        await Task.WhenAll(processes.Select(process => process.Ended));
    }

    /// <summary>One timeline of all nodes that left theirs.</summary>
    static void MergeTraces(OutputFolder folder)
    {
        var events = new JsonArray();
        foreach (var file in Directory.GetFiles(folder.Folder, "trace-*.json").Order(StringComparer.Ordinal))
        {
            if (JsonNode.Parse(File.ReadAllBytes(file)) is not JsonObject trace || trace["traceEvents"] is not JsonArray own) continue;
            foreach (var one in own) events.Add(one?.DeepClone());
        }

        folder.Write("trace.json", stream => JsonSerializer.Serialize(stream, new JsonObject { ["traceEvents"] = events }));
    }
}
