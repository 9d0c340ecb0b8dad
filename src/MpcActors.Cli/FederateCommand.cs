using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MpcActors.Actors;
using MpcActors.Actors.Federations;
using MpcActors.Data;
using MpcActors.Protocols;
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
            "Fine-tunes a sentence encoder, or a classifier on it, with several clients, in the clear and on shares; nobody sees a client's texts or its update.",
            ("mpc federate", "two clients on Yelp reviews"),
            ("mpc federate --offline --clients 4 --split dirichlet --alpha 0.3", "a tiny model and task that come with the program, texts skewed by class"),
            ("mpc federate --offline --clients 3 --drop-out 2:3", "the third client drops out in the middle of the second round"),
            ("mpc federate --offline --clients 4 --pairs 2", "two party pairs, each with two of the clients: about half the time for a round"),
            ("mpc federate --offline --train lora --rank 4", "low-rank adapters of the encoder's attention instead of a classifier on it"),
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
        string[] titles = ["Get the model and the sentences", "Embed and split the texts", "Train on shares and in the clear, round by round"];
        var report = await Steps.RunAsync(output.Error, titles, async steps =>
        {
            steps.Next();
            var model = settings.Model == "tiny" ? EncoderModel.Tiny() : await EncoderModel.UseLiteAsync(new ModelCache(), new Announcer(steps), cancellation);
            var task = settings.Task is null
                ? TinyTask.Create()
                : (await SentimentSentences.EnsureAsync(new ModelCache(), new Announcer(steps), cancellation)).Single(sentences => sentences.Name == settings.Task);

            steps.Next();
            var tuned = BadInputException.Check(() => FederatedTuning.Of(FederatedTexts.Of(task, settings.Clients, settings.Alpha, settings.Common.Seed), model, settings.Tuning, settings.Trained));

            steps.Next();
            var (result, _) = await TrainAsync(Name, task.Name, model, tuned, settings, steps, cancellation);
            steps.End();
            return result with { ElapsedSeconds = steps.Elapsed.TotalSeconds };
        });
        folder.Write("run.json", report.ToJson() + "\n");
        await output.ShowAsync(report, Tables(report), folder.Folder, $"Files: {Path.Combine(folder.Folder, "run.json")}", cancellation);
        return (int)ExitCode.Done;
    }

    /// <summary>All rounds, simulated, with the clear twin beside them.</summary>
    /// <returns>What is reported, and the parameters.</returns>
    public static async Task<(FederateReport Report, double[] Parameters)> TrainAsync(
        string command, string taskName, EncoderModel model, FederatedTuning tuned, FederateSettings settings, Steps steps, CancellationToken cancellation)
    {
        var (tuning, plan, start) = (settings.Tuning, tuned.Task.Plan, tuned.Task.Start);
        var half = (uint)(tuning.LocalSteps / 2);
        var federation = new Federation(tuned.Task, new(
            settings.Common.Network, client => settings.Lines.GetValueOrDefault(client + 1, settings.Common.Network), settings.Common.Work)
        {
            Faults = (round, client) => settings.DropOuts.Contains((round, client)) ? new(new FrameFault(FaultKind.Kill, Role.DataOwner, Role.PartyZero, half)) : FaultPlan.None,
            Pairs = settings.Pairs,
        });
        var clear = new ClearFederation(tuned.Task);
        var facts = tuned.Task.Facts;
        if (settings.Resume && settings.CheckpointFile is { } file && FederatedState.Read(file, facts) is { } saved)
        {
            await federation.ResumeAsync(saved, cancellation);
            for (var round = 0; round < federation.Rounds; round++) clear.Round(round, saved.Past.Counted[round]);
            steps.Announce($"goes on after round {federation.Rounds}");
        }
        else
        {
            await federation.OpenAsync(cancellation);
        }

        var (done, rounds) = (new List<FederateRound>(), new List<FederatedRound>());
        var (training, joining, aggregation, taken, joined) = (SessionCost.None, SessionCost.None, SessionCost.None, 0, 0);
        while (federation.Rounds < tuning.Rounds)
        {
            cancellation.ThrowIfCancellationRequested();
            var round = await federation.RoundAsync(cancellation);
            clear.Round(round.Round, round.Counted);
            (training, joining, aggregation) = (training + round.Training, joining + round.Joining, aggregation + round.Aggregation);
            (taken, joined) = (taken + round.Counted.Count * tuning.LocalSteps, joined + round.Joined);
            rounds.Add(round);
            done.Add(new(
                round.Round + 1, [.. round.Counted.Select(client => client + 1)], round.LeftOut.ToDictionary(entry => entry.Key + 1, entry => entry.Value),
                tuned.Accuracy(clear.Parameters), tuned.Accuracy(federation.Parameters),
                round.Seconds, round.SecondsOfOnePair));
            if (settings.CheckpointFile is { } path) federation.State.Write(path, facts);
            var leftOut = round.LeftOut.Count > 0 ? $"; left out: {string.Join(", ", round.LeftOut.Select(entry => $"client {entry.Key + 1} ({entry.Value})"))}" : "";
            steps.Report((double)federation.Rounds / tuning.Rounds, string.Create(
                CultureInfo.InvariantCulture, $"round {round.Round + 1} of {tuning.Rounds}: accuracy {done[^1].Private:0.000} on shares, {done[^1].Clear:0.000} in the clear{leftOut}"));
        }

        var parameters = await federation.CloseAsync(cancellation);
        return (new FederateReport
        {
            Command = command,
            Seed = settings.Common.Seed,
            Task = taskName,
            Model = model.Name,
            Clients = settings.Clients,
            Rounds = federation.Rounds,
            LocalSteps = tuning.LocalSteps,
            Train = settings.Train,
            TrainedParameters = start.Length,
            Optimizer = tuning.Optimizer == LocalOptimizer.Sgd ? "sgd" : "adam",
            Pairs = settings.Pairs,
            SecondsPerRound = RoundTimes.Of(rounds),
            TransferredBytesPerRound = rounds.Count == 0 ? 0 : rounds.Average(round => round.Transfers.SentBytes.Sum()),
            TextsPerClient = plan.Texts,
            Accuracy = new(tuned.Accuracy(start), tuned.Accuracy(clear.Parameters), tuned.Accuracy(parameters)),
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
                string.Create(CultureInfo.InvariantCulture, $"Accuracies are of {tuned.TestTexts} test texts: differences of a few points are chance."),
                settings.Trained is null
                    ? "Features are opened under masks once, when a client joins; a step opens parameters, scores and errors."
                    : "The encoder's frozen tensors are opened under masks once, before the first client joins; a step is one of the whole encoder, in PriFFT's hybrid.",
                .. settings.Pairs > 1 ? new[] { TransferNote } : [],
                "Accuracies between rounds are looked up by the simulator, which sees both halves; only the model owner gets the parameters, at the end.",
            ],
        }, parameters);
    }

    public const string TransferNote = "Parameters and updates go between machines of the same side only; a round takes as long as the slowest pair, with what goes to it and from it.";

    public static FederateStep Mean(SessionCost cost, int count) => count == 0
        ? new(0, 0, [0, 0], 0)
        : new(cost.Seconds / count, (double)cost.Rounds / count, Array.ConvertAll(cost.SentBytes, bytes => (double)bytes / count), (double)cost.DealtBytes / count);

    public static IEnumerable<IRenderable> Tables(FederateReport report)
    {
        var accuracy = new Table { Title = new TableTitle($"Accuracy: {report.Task}, {report.Model}, {report.Clients} clients, {report.Train} ({report.TrainedParameters} parameters), {report.LocalSteps} local steps of {report.Optimizer}") };
        foreach (var name in (string[])["round", "counted", "left out", "in the clear", "on shares", .. SecondsColumns(report.Pairs)]) accuracy.AddColumn(name);
        accuracy.AddRow(["start", "", "", Number(report.Accuracy.ZeroShot), Number(report.Accuracy.ZeroShot), .. SecondsColumns(report.Pairs).Select(_ => "")]);
        foreach (var round in report.PerRound)
        {
            accuracy.AddRow(
                [round.Round.ToString(CultureInfo.InvariantCulture), string.Join(' ', round.Counted), string.Join(' ', round.LeftOut.Keys), Number(round.Clear), Number(round.Private), .. Seconds(report.Pairs, round.Seconds, round.SecondsOfOnePair)]);
        }

        accuracy.AddRow(["mean", "", "", "", "", .. Seconds(report.Pairs, report.SecondsPerRound.AllPairs, report.SecondsPerRound.OnePair)]);
        yield return accuracy;
        yield return CostsOf(report.Join, report.Step, report.Aggregation);
        foreach (var note in report.Notes) yield return new Padder(new Text("· " + note), new Padding(0, 0));
    }

    /// <summary>How long a round takes, and beside several pairs how long one would.</summary>
    public static string[] SecondsColumns(int pairs) => pairs == 1 ? ["seconds"] : [string.Create(CultureInfo.InvariantCulture, $"seconds, {pairs} pairs"), "with one pair"];

    public static string[] Seconds(int pairs, double seconds, double ofOnePair) => pairs == 1 ? [Number(seconds)] : [Number(seconds), Number(ofOnePair)];

    public static Table CostsOf(FederateStep join, FederateStep step, FederateStep aggregation)
    {
        var costs = new Table { Title = new TableTitle("Cost") };
        foreach (var name in new[] { "", "rounds", "seconds", "sent by each party", "keys and corrections dealt" }) costs.AddColumn(name);
        foreach (var (name, cost) in new[] { ("a client joins", join), ("a local step", step), ("an aggregation", aggregation) })
            costs.AddRow(name, Number(cost.Rounds), Number(cost.Seconds), Bytes(cost.SentBytesPerParty[0]), Bytes(cost.KeyBytes));
        return costs;
    }

    static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    static string Bytes(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB");
}
