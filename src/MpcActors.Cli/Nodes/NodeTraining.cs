using MpcActors.Actors;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Tuning.Gradients;

namespace MpcActors.Cli;

/// <summary>A training by gradients over the roles of a deployment: what each process does with its own part.</summary>
static class NodeTraining
{
    /// <summary>The data owner's part; alone it leaves run.json, and prompt.json where a prompt is trained.</summary>
    /// <param name="watch">Null where the other roles are simulated.</param>
    public static async Task<int> RunAsync(
        NodeRun settings, GradientSettings gradients, OutputFolder folder, SessionSecrets secrets, Output output, NodeWatch? watch, CancellationToken cancellation)
    {
        var (session, common) = (settings.File.Session, settings.Common);
        var attention = Attentions.Parse(session.Attention);
        var files = new List<string> { "run.json" };
        var report = await Steps.RunAsync(output.Error, ["Prepare model and texts", $"Train on shares: {GradientOptions.NameOf(gradients.Method)}", "Write the files"], async steps =>
        {
            steps.Next();
            var announcer = new Announcer(steps);
            using var folderModel = session.Folder?.Open(settings.File);
            var encoder = folderModel is null ? await NodeJob.ModelAsync(settings.File, announcer, cancellation) : null;
            var model = folderModel?.Name ?? encoder!.Name;
            var task = await NodeJob.TaskAsync(settings.File, announcer, cancellation);
            var own = gradients.For(model, attention, task);
            var (texts, candidate) = folderModel?.Prepare(task, session.Folder!.Words, session.Shots, session.TestTexts, own) ?? GradientRun.Prepare(encoder!, attention, task, session.Shots, session.TestTexts, own);

            steps.Next();
            var outcome = watch is null
                ? await GradientSession.OnSharesAsync(
                    candidate, own, new Conditions(common.Network, common.Work) { IsRealTime = settings.IsRealTime }, settings.Checkpoint, progress => GradientRun.Show(steps, progress), cancellation)
                : await GradientSession.OnNodesAsync(candidate, own, settings.Checkpoint, Shown, settings.SettingsOf(Role.DataOwner, Log, watch), secrets, cancellation);

            steps.Next();
            if (outcome.Run is not null)
            {
                files.Add(GradientFiles.Write(folder, common, texts, model, candidate, own, outcome));
            }
            else if (outcome.Prompt is not null)
            {
                GradientFiles.WritePrompt(folder, texts, model, candidate, own, outcome);
                files.Add(GradientFiles.Prompt);
            }

            var result = GradientReports.Of(settings.Command, common, own, model, texts, candidate, null, outcome, steps);
            steps.End();
            return result with { ElapsedSeconds = steps.Elapsed.TotalSeconds, Phases = steps.Phases };

            void Shown(GradientProgress progress)
            {
                GradientRun.Show(steps, progress);
                watch?.Report(progress);
            }

            void Log(string line)
            {
                steps.Announce(line);
                watch?.Keep(line);
            }
        });
        folder.Write("run.json", report.ToJson() + "\n");
        output.Show(report, GradientTables.Of(report), $"Files: {string.Join(", ", files.Select(file => Path.Combine(folder.Folder, file)))}");
        return (int)ExitCode.Done;
    }

    /// <summary>The part of another role. A party keeps its shares in its own folder, where a resumed session goes on from; the model owner writes there what was trained.</summary>
    public static async Task<Func<Seed, RoleProgram>> ProgramAsync(
        Role role, NodeRun settings, GradientSettings gradients, OutputFolder folder, SessionSecrets secrets, IProgress<string> progress, CancellationToken cancellation)
    {
        if (role != Role.ModelOwner) return session => GradientPrograms.Serve(role, secrets, session, gradients, folder.Folder);

        var own = await TrainableAsync(settings.File, gradients, progress, cancellation);
        // Written before the session is over: where it ends well, the tensors are there.
        return session => GradientPrograms.ModelOwner(own, secrets, session, trained =>
        {
            if (trained.Count == 0) return;
            GradientFiles.WriteTensors(folder, own.Outline, trained);
            progress.Report($"{Path.Combine(folder.Folder, GradientFiles.Tensors)} is written");
        });
    }

    static async Task<TrainableModel> TrainableAsync(NodeFile file, GradientSettings gradients, IProgress<string> progress, CancellationToken cancellation)
    {
        // Its file stays open as long as the process: tensors are read one by one, when they are shared.
        if (file.Session.Folder is { } folder) return folder.Open(file).Trainable(folder.Words, gradients);
        var (model, labels) = await NodeJob.LabelledModelAsync(file, progress, cancellation);
        var attention = Attentions.Parse(file.Session.Attention);
        return BadInputException.Check(() => TrainableModel.Of(model.For(attention), attention, labels, gradients));
    }
}
