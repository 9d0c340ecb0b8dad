using System.Text.Json;
using MpcActors.Data;
using MpcActors.Network;
using MpcActors.Protocols;

namespace MpcActors.Cli;

/// <summary>All roles of a federation on this machine: as processes, or simulated in this one.</summary>
static class FederatedUp
{
    public static async Task<int> RunAsync(FederatedRun run, Output output, CancellationToken cancellation)
    {
        var (file, folder) = (run.File, new OutputFolder(run.Common.Out));
        run = run with { Cluster = ClusterRun.IfAvailable(run.Cluster, output.Error.WriteLine) };
        FederatedMember[] members = [.. file.Members, .. run.Cluster is null ? [] : file.Spares];
        foreach (var member in members)
        {
            using var certificate = file.CertificateOf(member);
            if (file.Members.Contains(member)) _ = file.SettingsOf(member, certificate, member.TurnAt(0), file.Limits.Connect, _ => { });
            _ = file.SeedsOf(member);
        }

        List<RoleProcess> processes = [.. members.Select(member => RoleProcess.Of(member, run, output))];
        if (run.Cluster is { } cluster) processes.Insert(0, RoleProcess.Coordinator(cluster, output));

        // A federation that has begun needs no coordinator.
        var dispensable = members.Where(member => member.IsDispensable).Select(member => member.Name).Append(CoordinatorCommand.Name).ToHashSet();
        try
        {
            folder.Write("processes.json", JsonSerializer.Serialize(processes.ToDictionary(process => process.Name, process => process.Id)) + "\n");

            // A client that is gone is left out of rounds, and may come back from wherever it is started; another pair's work is done by the first.
            // In a cluster pairs serve until they are ended.
            await UpCommand.EndTogether(
                processes, (ended, running) => UpCommand.IsFailedCoordinator(ended) || (dispensable.Contains(ended.Name) ? running.Count == 0 : ended.ExitCode != 0 || running.All(process => dispensable.Contains(process.Name))), output, cancellation);
        }
        finally
        {
            foreach (var process in processes) process.Dispose();
        }

        UpCommand.MergeTraces(folder, [folder.Folder]);
        return UpCommand.ExitCodeOf([.. processes.Where(process => !dispensable.Contains(process.Name))], cancellation);
    }

    /// <summary>The same sessions simulated, with the clear twin beside them: the same transcript and the same parameters.</summary>
    public static async Task<int> SimulateAsync(FederatedRun run, Output output, CancellationToken cancellation)
    {
        var (block, folder) = (run.File.Federation, new OutputFolder(run.Common.Out));
        if (run.Resume) throw new BadInputException("--resume goes with processes, not with --simulated");
        string[] titles = ["Get the model and embed the texts", "Train on shares and in the clear, round by round"];
        var report = await Steps.RunAsync(output.Error, titles, async steps =>
        {
            steps.Next();
            var parts = new FederatedParts(run.File, new Announcer(steps), cancellation);
            var tuned = await parts.OfAllAsync();

            steps.Next();
            var settings = new FederateSettings(run.Common, block.Clients, block.Tuning, block.Alpha, block.Task, block.Model, new Dictionary<int, LinkProfile>(), new HashSet<(int, int)>(), null, false)
            {
                Train = block.Train,
                Trained = block.Trained,
                Pairs = block.Pairs,
            };
            var (result, parameters) = await FederateCommand.TrainAsync(run.Command, block.TaskName, await parts.ModelAsync(), tuned, settings, steps, cancellation);
            folder.Write(FederatedRun.Tensors, stream => Safetensors.Write(stream, FederatedTuning.TensorsOf(tuned.Task, parameters)));
            steps.End();
            return result with { ElapsedSeconds = steps.Elapsed.TotalSeconds };
        });
        folder.Write("run.json", report.ToJson() + "\n");
        output.Show(report, FederateCommand.Tables(report), $"Files: {Path.Combine(folder.Folder, "run.json")}, {Path.Combine(folder.Folder, FederatedRun.Tensors)}");
        return (int)ExitCode.Done;
    }
}
