using System.Text.Json;
using MpcActors.Protocols;

namespace MpcActors.Cli;

/// <summary>A deployment's session under a scenario, over real processes: it ends in the result of the undisturbed simulation, or stops, says why, and resumes to it.</summary>
static class TrialRun
{
    const string Undisturbed = "undisturbed";

    public static async Task<int> RunAsync(NodeRun settings, Scenario scenario, Output output, CancellationToken cancellation)
    {
        if (settings.Checkpoint.Resume) throw new BadInputException("--scenario begins anew: leave out --resume");
        if (scenario.Mishaps.Any(mishap => mishap.Kind == Mishap.Jump)) throw new BadInputException($"'{settings.Trial!.Path}' has a jump of a clock, which is for the simulation alone: mpc explore --scenario");
        if (settings.File.Roles.Values.Any(role => role.Secret is not null)) throw new BadInputException($"'{settings.File.Path}' names secrets: a trial is compared with a simulation, in which masks follow from the seed; leave them out");

        var quiet = output with { IsJson = false, Results = output.Error };
        var expected = await SimulateAsync(settings, quiet, cancellation);
        var code = await UpCommand.RunAsync(settings, [], quiet, processes => DisturbAsync(processes, scenario, cancellation), cancellation);
        var cause = code == 0 ? "" : CauseOf(settings.Common.Out);
        if (code != 0)
        {
            output.Error.WriteLine($"it stopped: {cause}");
            code = await UpCommand.RunAsync(settings with { Trial = null, Checkpoint = settings.Checkpoint with { Resume = true } }, [], quiet, _ => Task.CompletedTask, cancellation);
        }

        var isSame = code == 0 && expected.AsSpan().SequenceEqual(ResultOf(settings));
        var outcome = !isSame ? "wrong" : cause.Length == 0 ? "same" : "stopped";
        var text = output.IsJson ? output.Error : output.Results;
        text.WriteLine(outcome switch
        {
            "same" => "outcome: the same result",
            "stopped" => $"outcome: stopped ({cause}), and resumed to the same result",
            _ => $"outcome: WRONG: {(code == 0 ? "another result" : "it did not resume")}{(cause.Length > 0 ? $" after '{cause}'" : "")}",
        });
        if (output.IsJson) output.Results.WriteLine(new TrialReport { Command = settings.Command, Seed = settings.Common.Seed, Scenario = scenario.ToString(), Outcome = outcome, Cause = cause }.ToJson());
        return (int)(isSame ? ExitCode.Done : ExitCode.RunFailed);
    }

    /// <returns>The result of the undisturbed session, as its file.</returns>
    public static async Task<byte[]> SimulateAsync(NodeRun settings, Output output, CancellationToken cancellation)
    {
        settings = settings with { Common = settings.Common with { Out = Path.Combine(settings.Common.Out, Undisturbed) }, Checkpoint = Checkpoint.None, Trial = null };
        var code = await NodeCommand.SimulateAsync(settings, output, cancellation);
        return code == 0 ? ResultOf(settings) : throw new Actors.SessionFailedException("the undisturbed session failed");
    }

    public static byte[] ResultOf(NodeRun settings) => File.ReadAllBytes(Path.Combine(settings.Common.Out, settings.File.Session.ResultFile));

    /// <summary>Why the session ended, as the data owner says, or another node where that was killed.</summary>
    public static string CauseOf(string folder) => Enum.GetValues<Role>().OrderBy(role => role != Role.DataOwner)
        .Select(role => Path.Combine(folder, NodeStatusFile.NameOf(role.Name()))).Where(File.Exists)
        .Select(file => JsonSerializer.Deserialize<NodeStatusFile>(File.ReadAllBytes(file), NodeStatusFile.Format)!)
        .FirstOrDefault(status => status.State == "failed")?.Last ?? "no node was left to say why";

    /// <summary>Pauses and kills processes when their time has come, counted from the session's begin.</summary>
    /// <returns>How many of these mishaps came before the session was over.</returns>
    public static async Task<int> DisturbAsync(IReadOnlyList<RoleProcess> processes, Scenario scenario, CancellationToken cancellation)
    {
        var over = Task.WhenAll(processes.Select(process => process.Ended));
        await Task.WhenAny(over, Task.WhenAny(processes.Select(process => process.Begun)));
        var came = await Task.WhenAll(scenario.Mishaps.Where(mishap => mishap.IsOfProcess).Select(async mishap =>
        {
            var process = processes.Single(process => process.Role == mishap.From);
            await Task.WhenAny(process.Ended, RoleProcess.Wait(mishap.At, cancellation));
            if (process.Ended.IsCompleted || cancellation.IsCancellationRequested) return false;
            if (mishap.Kind == Mishap.Pause) await process.PauseAsync(mishap.For, cancellation);
            else process.Kill();
            return true;
        }));
        return came.Count(isTrue => isTrue);
    }

    sealed record TrialReport : Report
    {
        public required string Scenario { get; init; }

        public required string Outcome { get; init; }

        public required string Cause { get; init; }
    }
}
