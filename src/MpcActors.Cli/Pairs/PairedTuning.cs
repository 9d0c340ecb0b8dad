using System.Collections.Concurrent;
using System.Diagnostics;
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
        var (result, sessions) = await DivideAsync(
            texts, settings, pairs, Checkpoint.None, _ => { }, null,
            (_, own, ask, stop) => PrivateSession.AskAsync(candidate, texts, own, conditions, ask, stop), cancellation);
        return new(result, [.. sessions.Select(session => (new SessionCosts(session.Outcome), session.Calls))]);
    }

    /// <summary>With processes: in each session this one is the data owner.</summary>
    /// <param name="nodes">One for each pair.</param>
    /// <param name="answered">Is told of how many prompts a question was, and how long it took the last pair to answer.</param>
    public static async Task<(TuningResult Result, IReadOnlyList<NodeOutcome> Sessions)> RunOnNodesAsync(
        Candidate candidate, OwnerTexts texts, TuningSettings settings, IReadOnlyList<NodeSettings> nodes, SessionSecrets secrets, Checkpoint checkpoint, Action<TuningProgress> progress,
        CancellationToken cancellation, Action<int, TimeSpan>? answered = null)
    {
        var (result, sessions) = await DivideAsync(
            texts, settings, nodes.Count, checkpoint, progress, answered,
            (pair, own, ask, stop) => Node.RunAsync(nodes[pair], session => SessionPrograms.Asking(candidate, texts, secrets, session, ask), secrets.NameOf(candidate, texts, own), stop), cancellation);
        return (result, [.. sessions.Select(session => session.Outcome with { Nodes = [.. session.Outcome.Nodes.Select(node => node.Role == Role.DataOwner ? node with { Busy = node.Busy - session.Waited } : node)] })]);
    }

    /// <param name="session">Runs the session of a pair, in which the data owner's program is the one that is given.</param>
    static async Task<(TuningResult Result, IReadOnlyList<(T Outcome, IReadOnlyList<PassCall> Calls, TimeSpan Waited)> Sessions)> DivideAsync<T>(
        OwnerTexts texts, TuningSettings settings, int pairs, Checkpoint checkpoint, Action<TuningProgress> progress, Action<int, TimeSpan>? answered,
        Func<int, TuningSettings, Func<PrivateForwardPass, Task>, CancellationToken, Task<T>> session, CancellationToken cancellation)
    {
        // Each desk blocks a thread between questions; the pool would give out another in its own time, which may be half a second.
        ThreadPool.GetMinThreads(out var threads, out var ports);
        ThreadPool.SetMinThreads(threads + pairs, ports);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var desks = Enumerable.Range(1, pairs).Select(_ => new Desk(stop.Token)).ToArray();
        var sessions = desks.Select((desk, pair) => Task.Run(
            async () =>
            {
                var own = settings with { Setup = FormattableString.Invariant($"{settings.Setup} pair {pair + 1} of {pairs}"), Labels = texts.LabelList };
                try
                {
                    return await session(pair, own, desk.Serve, stop.Token);
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
            var tuning = new ForwardOnlyTuning(new DividedPass(desks, answered), texts.Train, texts.Dev, texts.Test, settings, TimeProvider.System, progress);
            result = await tuning.RunAsync(checkpoint.File, checkpoint.Resume, stop.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The session's own failure says why.
        }
        finally
        {
            foreach (var desk in desks) desk.Close();
            if (result is null) await stop.CancelAsync();
            await Task.WhenAny(Task.WhenAll(sessions));
            foreach (var desk in desks) desk.Dispose();
            ThreadPool.SetMinThreads(threads, ports);
        }

        var outcomes = await Task.WhenAll(sessions);
        return (result!, [.. outcomes.Zip(desks, (outcome, desk) => (outcome, desk.Calls, desk.Waited))]);
    }

    /// <summary>Where a pair's session takes the owner's questions from, one after another.</summary>
    sealed class Desk(CancellationToken cancellation) : IDisposable
    {
        readonly BlockingCollection<Func<IForwardPass, Task>> _questions = [];
        MeasuredPass? _pass;

        public IReadOnlyList<PassCall> Calls => _pass!.Calls;

        /// <summary>Between questions, which to the session is computation.</summary>
        public TimeSpan Waited { get; private set; }

        /// <summary>The owner's program at this pair. Between questions it holds up its own session, which knows of no wait but that for frames.</summary>
        public async Task Serve(PrivateForwardPass pass)
        {
            _pass = new MeasuredPass(pass, _ => { });
            var idle = Stopwatch.GetTimestamp();
            foreach (var question in _questions.GetConsumingEnumerable(cancellation))
            {
                Waited += Stopwatch.GetElapsedTime(idle);
                await question(_pass);
                idle = Stopwatch.GetTimestamp();
            }

            Waited += Stopwatch.GetElapsedTime(idle);
        }

        public Task<T> Ask<T>(Func<IForwardPass, ValueTask<T>> ask)
        {
            // What follows an answer must not run inside the session's turn.
            var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
            _questions.Add(async pass => answer.TrySetResult(await ask(pass)), CancellationToken.None);
            return answer.Task.WaitAsync(cancellation);
        }

        public void Close() => _questions.CompleteAdding();

        public void Dispose() => _questions.Dispose();
    }

    /// <summary>Prompts in parts as equal as can be, in their order; what has no prompt is the first pair's.</summary>
    sealed class DividedPass(Desk[] desks, Action<int, TimeSpan>? answered) : IForwardPass
    {
        public ValueTask<IReadOnlyList<double[,]>> Logits(TextSet set, IReadOnlyList<double[]?> latents) => Divided(latents, (pass, part) => pass.Logits(set, part));

        public ValueTask<IReadOnlyList<SetLoss>> Losses(TextSet set, IReadOnlyList<double[]?> latents, bool measuresAccuracy) => Divided(latents, (pass, part) => pass.Losses(set, part, measuresAccuracy));

        async ValueTask<IReadOnlyList<T>> Divided<T>(IReadOnlyList<double[]?> latents, Func<IForwardPass, IReadOnlyList<double[]?>, ValueTask<IReadOnlyList<T>>> ask)
        {
            var parts = desks.Select((_, pair) => latents.Skip(pair * latents.Count / desks.Length).Take((pair + 1) * latents.Count / desks.Length - pair * latents.Count / desks.Length).ToArray()).ToArray();
            if (latents.Count < desks.Length) parts = [.. parts.Select((_, pair) => pair == 0 ? latents.ToArray() : [])];
            var start = Stopwatch.GetTimestamp();
            var answers = await Task.WhenAll(desks.Zip(parts, (desk, part) => desk.Ask(pass => ask(pass, part))));
            answered?.Invoke(latents.Count, Stopwatch.GetElapsedTime(start));
            return [.. answers.SelectMany(answer => answer)];
        }
    }
}
