using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using MpcActors.Actors;
using MpcActors.Actors.Federations;
using MpcActors.Actors.Nodes;
using MpcActors.Data;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Tuning.Federated;

namespace MpcActors.Cli;

/// <summary>How a process of a federation is run.</summary>
/// <param name="Cluster">Null where processes are looked for at the addresses of the file.</param>
sealed record FederatedRun(string Command, FederatedFile File, CommonSettings Common, bool Resume, ClusterFile? Cluster)
{
    /// <summary>The trained parameters, at the model owner's.</summary>
    public const string Tensors = "model.safetensors";
}

/// <summary>One role of a federation, in this process.</summary>
sealed class FederatedNode(FederatedRun run, FederatedMember member, OutputFolder folder, Output output, NodeWatch watch)
{
    readonly long _started = Stopwatch.GetTimestamp();
    readonly HashSet<string> _said = [];
    readonly X509Certificate2 _certificate = run.File.CertificateOf(member);

    FederatedFile File => run.File;

    FederatedBlock Block => File.Federation;

    public static async Task<int> RunAsync(FederatedRun run, FederatedMember member, Output output, CancellationToken cancellation)
    {
        var (file, folder, place) = (run.File, new OutputFolder(run.Common.Out), member);
        using var trace = NodeTrace.Start(member.Name, file.Members.Concat(file.Spares).ToList().IndexOf(member), folder);
        using var watch = new NodeWatch(member.Name, folder, output.Error) { NameOf = role => FederationTurn.CoreOf(place.Pair).InWords(role.Name()) };
        return await watch.WatchAsync(async () =>
        {
            if (ClusterRun.IfAvailable(run.Cluster, watch.Say) is { } cluster)
            {
                await new FederatedCluster(file, cluster, member, watch).RunAsync((crew, given, stop) =>
                {
                    place = given;
                    return new FederatedNode(run with { File = crew }, given, folder, output, watch).PlayAsync(stop);
                }, cancellation);
            }
            else
            {
                if (file.Spares.Contains(member)) throw new BadInputException($"{member.Name} is of a pair beyond {FederatedBlock.Path}.pairs = {file.Federation.Pairs} in '{file.Path}', which takes part in a cluster alone, when it is given a place");
                await new FederatedNode(run, member, folder, output, watch).PlayAsync(cancellation);
            }

            return (int)ExitCode.Done;
        });
    }

    /// <summary>The member's part, from the first session to the last.</summary>
    Task PlayAsync(CancellationToken cancellation) => member.Role switch
    {
        Role.PartyOne => member.Pair == 0 ? DirectAsync(cancellation) : ServeAsync(cancellation),
        Role.DataOwner or Role.ModelOwner => OwnAsync(cancellation),
        _ => SitAsync(cancellation),
    };

    /// <summary>Party zero and the dealer.</summary>
    Task SitAsync(CancellationToken cancellation) => new SeatNode(
        member.Role == Role.Dealer ? Seat.Dealer : Seat.Zero, member.Pair, Block.Clients, turn => SettingsOf(turn, turn.Side is null ? LongestWait : PatienceOfLinks), File.SeedsOf(member),
        new FederatedParts(File, new Lines(watch.Say), cancellation).OfSeat, folder.Folder, Session).RunAsync(cancellation);

    /// <summary>Clients and the model owner.</summary>
    async Task OwnAsync(CancellationToken cancellation)
    {
        var (parts, seeds) = (new FederatedParts(File, new Lines(watch.Say), cancellation), File.SeedsOf(member));
        var tuning = member.Client is { } client ? await parts.OfClientAsync(client) : await parts.OfModelOwnerAsync();
        var announcement = member.Client is { } own
            ? new Announcement(seeds.Brings(member.Name, tuning.Task.HashOfTexts(own)), tuning.Task.LengthsOf(own), null)
            : new Announcement(seeds.Brings(member.Name, tuning.Task.HashOfModel()), [], tuning.Outline);
        watch.Say(member.IsClient ? $"ready with {announcement.Lengths.Length} texts" : "ready with the model");
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] others = [.. Enumerable.Range(1, Block.Pairs - 1).Select(ElsewhereAsync)];
        try
        {
            if (await AtAsync(0, Session, cancellation) is { } parameters) Keep(tuning, parameters);
        }
        finally
        {
            // The first pair says when all is over.
            await over.CancelAsync();
            await Task.WhenAll(others);
        }

        Task<double[]?> AtAsync(int pair, Action<string> log, CancellationToken until) =>
            new OwnerNode(member.TurnAt(pair), SettingsOf(member.TurnAt(pair), File.Limits.Connect), tuning.Task, seeds, announcement, log).RunAsync(until);

        async Task ElsewhereAsync(int pair)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"pair {pair + 1}");
            try
            {
                await AtAsync(pair, line => Session($"{name}: {line}"), over.Token);
            }
            catch (OperationCanceledException)
            {
                // All is over.
            }
            catch (SessionFailedException problem)
            {
                watch.Say($"{name} is not there any more: {problem.Message}");
            }
        }
    }

    /// <summary>The trained parameters, and what they are worth, which nobody else can know.</summary>
    void Keep(FederatedTuning tuning, double[] parameters)
    {
        folder.Write(FederatedRun.Tensors, stream => Safetensors.Write(stream, FederatedTuning.TensorsOf(tuning.Task, parameters)));
        var accuracy = tuning.TestTexts == 0 ? null : new OwnedAccuracy(tuning.Accuracy(tuning.Task.Start), tuning.Accuracy(parameters), tuning.TestTexts);
        var report = new FederatedModelReport
        {
            Command = run.Command,
            Seed = Block.Tuning.Seed,
            ElapsedSeconds = Stopwatch.GetElapsedTime(_started).TotalSeconds,
            Accuracy = accuracy,
            TrainedParameters = parameters.Length,
            Tensors = Path.Combine(folder.Folder, FederatedRun.Tensors),
        };
        folder.Write("model.json", report.ToJson() + "\n");
        watch.Say(accuracy is null
            ? $"has the trained parameters: {report.Tensors}"
            : string.Create(CultureInfo.InvariantCulture, $"has the trained parameters: {report.Tensors}; accuracy on {accuracy.TestTexts} test texts {accuracy.Private:0.000}, {accuracy.ZeroShot:0.000} before"));
        if (run.Command == NodeCommand.Name) output.Show(report, []);
    }

    /// <summary>The server.</summary>
    async Task DirectAsync(CancellationToken cancellation)
    {
        var (checkpoint, facts) = (Path.Combine(folder.Folder, "server.checkpoint"), Block.PublicFacts);
        var saved = run.Resume ? FederationPast.Read(checkpoint, facts) : null;
        var id = saved?.Id ?? Seed.Fresh().Value.ToString("x32", CultureInfo.InvariantCulture);
        var report = await Steps.RunAsync(output.Error, ["Wait for party zero, dealer and model owner", "Train on shares, round by round"], async steps =>
        {
            steps.Next();
            var rounds = new ServedRounds(Block);
            var server = new FederationServer(Server(id, saved?.Past, new Announcer(steps), cancellation), Block.Pairs);
            await server.RunAsync(
                past =>
                {
                    past.Write(checkpoint, facts, id);
                    if (saved is not null) watch.Say($"goes on after round {past.Counted.Length}");
                    foreach (var line in rounds.Losses(server.Lost)) watch.Say(line);
                    steps.Next();
                },
                round =>
                {
                    server.Past.Write(checkpoint, facts, id);
                    foreach (var lost in rounds.Losses(server.Lost)) watch.Say(lost);
                    var line = rounds.Add(round);
                    watch.Keep(line);
                    watch.Report(round.Round + 1, Block.Tuning.Rounds);
                    steps.Report((double)(round.Round + 1) / Block.Tuning.Rounds, line);
                },
                cancellation);
            steps.End();
            return rounds.Report(run.Command, server, steps.Elapsed);
        });
        folder.Write("run.json", report.ToJson() + "\n");
        output.Show(report, report.Tables(), $"Files: {Path.Combine(folder.Folder, "run.json")}");
    }

    /// <summary>The server of a further pair.</summary>
    Task ServeAsync(CancellationToken cancellation) => new PairServer(Server("", null, new Lines(watch.Say), cancellation), Session).RunAsync(cancellation);

    ServerSettings Server(string id, FederationPast? past, IProgress<string> progress, CancellationToken cancellation) => new(
        member.Pair, Block.Tuning, Block.Clients, (turn, isFirst) => SettingsOf(turn, PatienceIn(turn, isFirst)), File.SeedsOf(member), new FederatedParts(File, progress, cancellation).OfSeat,
        id, given => File.Roles[member.Name].Secret is null ? "" : given, past, folder.Folder)
    {
        Beat = File.Limits.Connect / 2,

        // Nobody stands in for the first pair, so it is given up later than another one.
        Prompt = member.Pair == 0 || 2 * Block.ClientTimeout > LongestWait ? LongestWait : 2 * Block.ClientTimeout,
    };

    /// <summary>How long a server waits for whoever takes part: for all to be started at first, then for a client or another pair no longer than it must.</summary>
    TimeSpan PatienceIn(FederationTurn turn, bool isFirst)
    {
        if (turn.Side is not null) return isFirst ? File.Limits.Connect : PatienceOfLinks;
        return turn.Owner is null ? LongestWait : isFirst || turn.Client is null ? File.Limits.Connect : Block.ClientTimeout;
    }

    /// <summary>For the other machine of the same side. A further pair's waits for its turn, as owners do.</summary>
    TimeSpan PatienceOfLinks => member.Pair == 0 ? Block.ClientTimeout : File.Limits.Connect;

    /// <summary>Of parties and dealer: the server waits for an owner meanwhile, and says when it does no longer.</summary>
    TimeSpan LongestWait => File.Limits.Connect + Block.ClientTimeout;

    NodeSettings SettingsOf(FederationTurn turn, TimeSpan connect) => File.SettingsOf(member, _certificate, turn, connect, line => Refusal(turn.InWords(line))) with { Monitor = turn.Side is null ? watch.Monitor : null };

    /// <summary>Sessions come and go; what is worth a line, once, is who was refused.</summary>
    void Refusal(string line)
    {
        lock (_said)
            if (!line.StartsWith("refused", StringComparison.Ordinal) || !_said.Add(line)) return;
        watch.Say(line);
    }

    /// <summary>Beside all others, in 'up', a session is not worth a line on the screen: the server says what came of rounds.</summary>
    void Session(string line)
    {
        if (run.Command == UpCommand.Name) watch.Keep(line);
        else watch.Say(line);
    }

    sealed class Lines(Action<string> write) : IProgress<string>
    {
        public void Report(string value) => write(value);
    }
}
