using MpcActors.Actors.Nodes;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>A tuning whose populations were divided among pairs.</summary>
/// <param name="Pairs">What each pair's session took, and the calls of the tuning loop as it met them.</param>
sealed record PairedOutcome(TuningResult Result, IReadOnlyList<(SessionCosts Costs, IReadOnlyList<PassCall> Calls)> Pairs)
{
    /// <summary>Virtual time on a network: of each call, that of the pair that was last.</summary>
    /// <param name="least">Calls of fewer prompts do not count: the untuned model and what is checked now and then.</param>
    public double SecondsOn(LinkProfile network, int least = 0) => Enumerable.Range(0, Pairs[0].Calls.Count)
        .Where(call => Pairs.Sum(pair => pair.Calls[call].Prompts) >= least)
        .Sum(call => Pairs.Max(pair => pair.Calls[call] is { Questions: > 0 } asked ? pair.Costs.Mean([asked], network).Seconds : 0));
}

/// <summary>One data owner over several party pairs, each with a session of its own: every population is divided among them, and the owner goes on when the last has answered.</summary>
/// <remarks>Each session has a name of its own, so that no two pairs ever see one sharing of the same values.</remarks>
static class PairedTuning
{
    /// <summary>Simulated.</summary>
    public static async Task<PairedOutcome> RunAsync(
        Candidate candidate, OwnerTexts texts, TuningSettings settings, Conditions conditions, int pairs, CancellationToken cancellation)
    {
        var (result, sessions) = await TogetherAsync(
            texts, settings, pairs, Checkpoint.None, _ => { }, null,
            (_, own, ask, stop) => PrivateSession.AskAsync(candidate, texts, own, conditions, ask, stop), cancellation);
        return new(result, [.. sessions.Select(session => (new SessionCosts(session.Outcome), session.Desk.Calls))]);
    }

    /// <summary>With processes: in each session this one is the data owner.</summary>
    /// <param name="nodes">One for each pair.</param>
    /// <param name="answered">Is told of how many prompts a question was, and how long it took the last pair to answer.</param>
    /// <returns>Sessions by pair, from 0.</returns>
    public static async Task<(TuningResult Result, IReadOnlyDictionary<int, NodeOutcome> Sessions)> RunOnNodesAsync(
        Candidate candidate, OwnerTexts texts, TuningSettings settings, IReadOnlyList<NodeSettings> nodes, SessionSecrets secrets, Checkpoint checkpoint, Action<TuningProgress> progress,
        CancellationToken cancellation, Action<int, TimeSpan>? answered = null)
    {
        var (result, sessions) = await TogetherAsync(
            texts, settings, nodes.Count, checkpoint, progress, answered, (pair, own, ask, stop) => SessionAsync(candidate, texts, own, nodes[pair], secrets, ask, stop), cancellation);
        return (result, new SortedDictionary<int, NodeOutcome>(sessions.Index().ToDictionary(one => one.Index, one => WithoutWaits(one.Item.Outcome, one.Item.Desk))));
    }

    /// <summary>With processes that a cluster names: what a pair leaves unanswered when it is lost is asked at the others, and at whoever comes in its place.</summary>
    /// <param name="files">The data owner's configuration for each pair.</param>
    /// <returns>Sessions by pair, from 0; without those of pairs that were lost and not replaced.</returns>
    public static async Task<(TuningResult Result, IReadOnlyDictionary<int, NodeOutcome> Sessions)> RunInClusterAsync(
        Candidate candidate, OwnerTexts texts, TuningSettings settings, ClusterRun cluster, IReadOnlyList<NodeFile> files, SessionSecrets secrets, Checkpoint checkpoint, Action<TuningProgress> progress,
        CancellationToken cancellation)
    {
        using var threads = new DeskThreads(files.Count);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var desks = new PairDesks(files.Count, null, stop.Token);
        var sessions = new SortedDictionary<int, NodeOutcome>();
        var tuning = TuneAsync();
        try
        {
            await cluster.WorkWithPairsAsync(files, SitAsync, tuning, cancellation);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAny(tuning);
        }

        return (await tuning, sessions);

        async Task<TuningResult> TuneAsync()
        {
            await desks.AllAreOpen(RoleProcess.Wait(cluster.Patience, stop.Token));
            var result = await LoopAsync(desks, texts, settings, checkpoint, progress, stop.Token);
            await desks.CloseAsync();
            return result;
        }

        async Task SitAsync(int pair, NodeSettings node, CancellationToken ended)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ended, stop.Token);
            await desks.SitAsync(
                pair,
                async desk =>
                {
                    var outcome = await SessionAsync(candidate, texts, OfPair(texts, settings, pair, files.Count), node, secrets, desk.Serve, either.Token);
                    lock (sessions) sessions[pair] = WithoutWaits(outcome, desk);
                    return outcome;
                },
                either.Token);
        }
    }

    static Task<NodeOutcome> SessionAsync(Candidate candidate, OwnerTexts texts, TuningSettings own, NodeSettings node, SessionSecrets secrets, Func<PrivateForwardPass, Task> ask, CancellationToken cancellation) =>
        Node.RunAsync(node, session => SessionPrograms.Asking(candidate, texts, secrets, session, ask), secrets.NameOf(candidate, texts, own), cancellation);

    static NodeOutcome WithoutWaits(NodeOutcome outcome, PairDesk desk) =>
        outcome with { Nodes = [.. outcome.Nodes.Select(node => node.Role == Role.DataOwner ? node with { Busy = node.Busy - desk.Waited } : node)] };

    static TuningSettings OfPair(OwnerTexts texts, TuningSettings settings, int pair, int pairs) =>
        settings with { Setup = FormattableString.Invariant($"{settings.Setup} pair {pair + 1} of {pairs}"), Labels = texts.LabelList };

    static ValueTask<TuningResult> LoopAsync(PairDesks desks, OwnerTexts texts, TuningSettings settings, Checkpoint checkpoint, Action<TuningProgress> progress, CancellationToken cancellation) =>
        new ForwardOnlyTuning(desks, texts.Train, texts.Dev, texts.Test, settings, TimeProvider.System, progress).RunAsync(checkpoint.File, checkpoint.Resume, cancellation);

    /// <summary>Pairs whose sessions begin and end together: when one fails, so do all.</summary>
    /// <param name="session">Runs the session of a pair, in which the data owner's program is the one that is given.</param>
    static async Task<(TuningResult Result, IReadOnlyList<(T Outcome, PairDesk Desk)> Sessions)> TogetherAsync<T>(
        OwnerTexts texts, TuningSettings settings, int pairs, Checkpoint checkpoint, Action<TuningProgress> progress, Action<int, TimeSpan>? answered,
        Func<int, TuningSettings, Func<PrivateForwardPass, Task>, CancellationToken, Task<T>> session, CancellationToken cancellation)
    {
        using var threads = new DeskThreads(pairs);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var desks = new PairDesks(pairs, answered, stop.Token);
        var sessions = Enumerable.Range(0, pairs).Select(pair => Task.Run(
            async () =>
            {
                try
                {
                    return await desks.SitAsync(pair, async desk => (Outcome: await session(pair, OfPair(texts, settings, pair, pairs), desk.Serve, stop.Token), Desk: desk), stop.Token);
                }
                catch (Exception)
                {
                    // The others, and the loop that waits for this one, end with it.
                    await stop.CancelAsync();
                    throw;
                }
            },
            CancellationToken.None)).ToArray();
        TuningResult? result = null;
        try
        {
            await desks.AllAreOpen(Task.Delay(Timeout.Infinite, stop.Token));
            result = await LoopAsync(desks, texts, settings, checkpoint, progress, stop.Token);
            await desks.CloseAsync();
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The session's own failure says why.
        }
        finally
        {
            if (result is null) await stop.CancelAsync();
            await Task.WhenAny(Task.WhenAll(sessions));
        }

        return (result!, await Task.WhenAll(sessions));
    }

    /// <summary>Each desk blocks a thread between questions; the pool would give out another in its own time, which may be half a second.</summary>
    sealed class DeskThreads : IDisposable
    {
        readonly int _threads;
        readonly int _ports;

        public DeskThreads(int desks)
        {
            ThreadPool.GetMinThreads(out _threads, out _ports);
            ThreadPool.SetMinThreads(_threads + desks, _ports);
        }

        public void Dispose() => ThreadPool.SetMinThreads(_threads, _ports);
    }
}
