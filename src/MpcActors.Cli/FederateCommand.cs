using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MpcActors.Actors;
using MpcActors.Data;
using MpcActors.Models;
using MpcActors.Protocols;
using MpcActors.Tuning;
using MpcActors.Tuning.Federated;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MpcActors.Cli;

/// <summary>Federated fine-tuning after PriFFT: clients with private texts, a server with private parameters, neither sees the other's.</summary>
static class FederateCommand
{
    const string Name = "federate";

    public static Command Create()
    {
        var options = new FederateOptions(Name);
        var command = new ExemplifiedCommand(
            Name,
            "Fine-tunes a classifier on a frozen encoder with several clients, in the clear and on shares; nobody sees a client's texts or its update.",
            ("mpc federate", "two clients on Yelp reviews"),
            ("mpc federate --offline --clients 4 --split dirichlet --alpha 0.3", "a tiny model and task that come with the program, texts skewed by class"),
            ("mpc federate --offline --clients 3 --drop-out 2:3", "the third client drops out in the middle of the second round"),
            ("mpc federate --network clients.hocon", "a file with mpc.link for all and mpc.clients.client-2 for one that is slow"),
            ("mpc federate --checkpoint run1 --resume", "goes on where an interrupted run was, and ends in the same bytes"));
        options.AddTo(command);
        command.SetAction((result, cancellation) =>
        {
            var settings = options.Read(result);
            return RunAsync(settings, Output.Of(result, settings.Common), cancellation);
        });
        return command;
    }

    static async Task<int> RunAsync(FederateSettings settings, Output output, CancellationToken cancellation)
    {
        var folder = new OutputFolder(settings.Common.Out);
        if (settings.CheckpointFile is { } checkpoint) _ = new OutputFolder(Path.GetDirectoryName(Path.GetFullPath(checkpoint))!, "--checkpoint");
        string[] titles = ["Get the model and the sentences", "Embed the texts, each client its own", "Train on shares and in the clear, round by round"];
        var report = await Steps.RunAsync(output.Error, titles, async steps =>
        {
            steps.Next();
            var model = settings.Model == "tiny" ? EncoderModel.Tiny() : await EncoderModel.UseLiteAsync(new ModelCache(), new Announcer(steps), cancellation);
            var task = settings.Task is null
                ? TinyTask.Create()
                : (await SentimentSentences.EnsureAsync(new ModelCache(), new Announcer(steps), cancellation)).Single(sentences => sentences.Name == settings.Task);

            steps.Next();
            var (clients, test, start) = Embed(task, model, settings);

            steps.Next();
            var result = await TrainAsync(task, model, clients, test, start, settings, steps, cancellation);
            steps.End();
            return result with { ElapsedSeconds = steps.Elapsed.TotalSeconds };
        });
        folder.Write("run.json", report.ToJson() + "\n");
        await output.ShowAsync(report, Tables(report), folder.Folder, $"Files: {Path.Combine(folder.Folder, "run.json")}", cancellation);
        return (int)ExitCode.Done;
    }

    static (ClientData[] Clients, ClientData Test, double[] Start) Embed(TextTask task, EncoderModel model, FederateSettings settings)
    {
        var encoder = new ClearEncoder(EncoderPreparation.From(model.Published, AttentionKind.Softmax));
        var width = encoder.Encoder.Width;
        var pool = Data(task.Pool);
        int[][] split = BadInputException.Check(() => settings.Alpha is { } alpha
            ? ClientSplit.Dirichlet(pool.Labels, settings.Clients, alpha, settings.Common.Seed)
            : ClientSplit.Independent(pool.Texts, settings.Clients, settings.Common.Seed));

        // The model owner begins with its label vectors, as zero-shot classification does. A score is 20 times a cosine; classes are centred.
        var labels = LabelMatrix.From(encoder, OwnerTexts.Embed(task.Name, model, [.. task.LabelSentences]));
        var start = new double[(width + 1) * labels.Classes];
        for (var i = 0; i < width; i++)
        {
            var row = labels.Weight.AsSpan(i * labels.Classes, labels.Classes);
            var mean = FixedOrder.Sum(row) / labels.Classes;
            for (var c = 0; c < labels.Classes; c++) start[i * labels.Classes + c] = (row[c] - mean) / ClientData.Norm;
        }

        return (Array.ConvertAll(split, pool.Select), Data(task.Test), start);

        ClientData Data(IReadOnlyList<LabelledText> texts) => ClientData.FromEmbeddings(
            encoder.Embeddings(OwnerTexts.Embed(task.Name, model, [.. texts.Select(text => text.Text)])), width, [.. texts.Select(text => text.Label)]);
    }

    static async Task<FederateReport> TrainAsync(
        TextTask task, EncoderModel model, ClientData[] clients, ClientData test, double[] start, FederateSettings settings, Steps steps, CancellationToken cancellation)
    {
        var (tuning, classes) = (settings.Tuning, task.ClassNames.Count);
        var plan = FederatedPlan.Of(tuning, clients, classes);
        var half = (uint)(tuning.LocalSteps / 2);
        var federation = new Federation(plan, clients, start, new(
            settings.Common.Network, client => settings.Lines.GetValueOrDefault(client + 1, settings.Common.Network), settings.Common.Work)
        {
            Faults = (round, client) => settings.DropOuts.Contains((round, client)) ? new(new FrameFault(FaultKind.Kill, Role.DataOwner, Role.PartyZero, half)) : FaultPlan.None,
        });
        var clear = new ClearFederation(plan, clients, start);
        var identity = FederatedState.Identity(tuning, clients, start);
        if (settings.Resume && settings.CheckpointFile is { } file && TuningCheckpoint.Read(file, identity) is { } saved)
        {
            await federation.ResumeAsync(FederatedState.FromBytes(saved), cancellation);
            for (var round = 0; round < federation.Rounds; round++) clear.Round(round, [.. plan.PickedIn(round).Where(client => !settings.DropOuts.Contains((round, client)))]);
            steps.Announce($"goes on after round {federation.Rounds}");
        }
        else
        {
            await federation.OpenAsync(cancellation);
        }

        var done = new List<FederateRound>();
        var (training, joining, aggregation, taken, joined) = (SessionCost.None, SessionCost.None, SessionCost.None, 0, 0);
        while (federation.Rounds < tuning.Rounds)
        {
            cancellation.ThrowIfCancellationRequested();
            var known = federation.State.Joined.Length;
            var round = await federation.RoundAsync(cancellation);
            clear.Round(round.Round, round.Counted);
            (training, joining, aggregation) = (training + round.Training, joining + round.Joining, aggregation + round.Aggregation);
            (taken, joined) = (taken + round.Counted.Count * tuning.LocalSteps, joined + federation.State.Joined.Length - known);
            done.Add(new(
                round.Round + 1, [.. round.Counted.Select(client => client + 1)], round.LeftOut.ToDictionary(entry => entry.Key + 1, entry => entry.Value),
                ClearFederation.Accuracy(clear.Parameters, test, classes), ClearFederation.Accuracy(federation.Parameters, test, classes),
                (round.Training + round.Joining + round.Aggregation).Seconds));
            if (settings.CheckpointFile is { } path) TuningCheckpoint.Write(path, identity, federation.State.ToBytes());
            var leftOut = round.LeftOut.Count > 0 ? $"; left out: {string.Join(", ", round.LeftOut.Select(entry => $"client {entry.Key + 1} ({entry.Value})"))}" : "";
            steps.Report((double)federation.Rounds / tuning.Rounds, string.Create(
                CultureInfo.InvariantCulture, $"round {round.Round + 1} of {tuning.Rounds}: accuracy {done[^1].Private:0.000} on shares, {done[^1].Clear:0.000} in the clear{leftOut}"));
        }

        var parameters = await federation.CloseAsync(cancellation);
        return new FederateReport
        {
            Command = Name,
            Seed = settings.Common.Seed,
            Task = task.Name,
            Model = model.Name,
            Clients = settings.Clients,
            Rounds = federation.Rounds,
            LocalSteps = tuning.LocalSteps,
            Optimizer = tuning.Optimizer == LocalOptimizer.Sgd ? "sgd" : "adam",
            TextsPerClient = plan.Texts,
            Accuracy = new(ClearFederation.Accuracy(start, test, classes), ClearFederation.Accuracy(clear.Parameters, test, classes), ClearFederation.Accuracy(parameters, test, classes)),
            ParameterError = parameters.Zip(clear.Parameters, (left, right) => Math.Abs(left - right)).Max(),
            Step = Mean(training, taken),
            Join = Mean(joining, joined),
            Aggregation = Mean(aggregation, done.Count(round => round.Counted.Count > 0)),
            PerRound = done,
            Transcript = federation.Transcript,
            PeakBytes = Process.GetCurrentProcess().PeakWorkingSet64,
            Notes =
            [
                .. model.Name == "tiny" ? new[] { "The tiny model is synthetic and knows nothing of language: its accuracies show that the machinery works, nothing else." } : [],
                string.Create(CultureInfo.InvariantCulture, $"Accuracies are of {test.Texts} test texts: differences of a few points are chance."),
                "Features are opened under masks once, when a client joins; a step opens parameters, scores and errors.",
                "Accuracies between rounds are looked up by the simulator, which sees both halves; only the model owner gets the parameters, at the end.",
            ],
        };

        static FederateStep Mean(SessionCost cost, int count) => count == 0
            ? new(0, 0, [0, 0], 0)
            : new(cost.Seconds / count, (double)cost.Rounds / count, Array.ConvertAll(cost.SentBytes, bytes => (double)bytes / count), (double)cost.DealtBytes / count);
    }

    static IEnumerable<IRenderable> Tables(FederateReport report)
    {
        var accuracy = new Table { Title = new TableTitle($"Accuracy: {report.Task}, {report.Model}, {report.Clients} clients, {report.LocalSteps} local steps of {report.Optimizer}") };
        foreach (var name in new[] { "round", "counted", "left out", "in the clear", "on shares", "seconds" }) accuracy.AddColumn(name);
        accuracy.AddRow("start", "", "", Number(report.Accuracy.ZeroShot), Number(report.Accuracy.ZeroShot), "");
        foreach (var round in report.PerRound)
        {
            accuracy.AddRow(
                round.Round.ToString(CultureInfo.InvariantCulture), string.Join(' ', round.Counted), string.Join(' ', round.LeftOut.Keys), Number(round.Clear), Number(round.Private), Number(round.Seconds));
        }

        yield return accuracy;
        var costs = new Table { Title = new TableTitle("Cost") };
        foreach (var name in new[] { "", "rounds", "seconds", "sent by each party", "keys and corrections dealt" }) costs.AddColumn(name);
        foreach (var (name, cost) in new[] { ("a client joins", report.Join), ("a local step", report.Step), ("an aggregation", report.Aggregation) })
            costs.AddRow(name, Number(cost.Rounds), Number(cost.Seconds), Bytes(cost.SentBytesPerParty[0]), Bytes(cost.KeyBytes));
        yield return costs;
        foreach (var note in report.Notes) yield return new Padder(new Text("· " + note), new Padding(0, 0));
    }

    static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    static string Bytes(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB");
}
