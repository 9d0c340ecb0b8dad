using System.Diagnostics;
using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>What a tuning loop asks, divided among the party pairs whose sessions are open: one desk for each.</summary>
/// <remarks>What a session leaves unanswered is asked at those that are open then, or that open later. A session of another pair has another name, and so other masks.</remarks>
/// <param name="pairs">How many there may be.</param>
/// <param name="answered">Is told of how many prompts a question was, and how long it took until all were answered.</param>
sealed class PairDesks(int pairs, Action<int, TimeSpan>? answered, CancellationToken cancellation) : IForwardPass, IDisposable
{
    readonly Lock _lock = new();
    readonly List<PairDesk> _all = [];
    readonly SortedDictionary<int, PairDesk> _open = [];
    TaskCompletionSource _changed = NewChange();
    bool _isClosed;

    /// <summary>Runs a pair's session, at whose desk questions are answered until it is over.</summary>
    /// <param name="pair">From 0.</param>
    /// <param name="session">The data owner's program in it is to serve the desk.</param>
    public async Task<T> SitAsync<T>(int pair, Func<PairDesk, Task<T>> session, CancellationToken stop)
    {
        var desk = new PairDesk(opened => Change(() => _open[pair] = opened), stop);
        Change(() => _all.Add(desk));
        try
        {
            return await session(desk);
        }
        finally
        {
            Change(() =>
            {
                // Its successor may be there already.
                if (_open.GetValueOrDefault(pair) == desk) _open.Remove(pair);
            });
            desk.End();
        }
    }

    /// <summary>All pairs are there, or at least one when patience is over.</summary>
    public Task AllAreOpen(Task patience) => Until(() => _open.Count == pairs || (_open.Count > 0 && patience.IsCompleted), patience);

    /// <summary>Lets all sessions come to their end, and waits until they have.</summary>
    public Task CloseAsync()
    {
        Change(() => _isClosed = true);
        return Until(() => _open.Count == 0);
    }

    public ValueTask<IReadOnlyList<double[,]>> Logits(TextSet set, IReadOnlyList<double[]?> latents) => Divided(latents, (pass, part) => pass.Logits(set, part));

    public ValueTask<IReadOnlyList<SetLoss>> Losses(TextSet set, IReadOnlyList<double[]?> latents, bool measuresAccuracy) => Divided(latents, (pass, part) => pass.Losses(set, part, measuresAccuracy));

    public void Dispose()
    {
        foreach (var desk in _all) desk.Dispose();
    }

    async ValueTask<IReadOnlyList<T>> Divided<T>(IReadOnlyList<double[]?> latents, Func<IForwardPass, IReadOnlyList<double[]?>, ValueTask<IReadOnlyList<T>>> ask)
    {
        var start = Stopwatch.GetTimestamp();
        var answers = new T[latents.Count];
        for (int[] left = [.. Enumerable.Range(0, latents.Count)]; left.Length > 0;)
        {
            await Until(() => _open.Count > 0);
            PairDesk[] desks;
            lock (_lock) desks = [.. _open.Values];
            left = [.. (await Task.WhenAll(desks.Zip(Parts(left, desks.Length), Answer))).SelectMany(unanswered => unanswered)];
        }

        answered?.Invoke(latents.Count, Stopwatch.GetElapsedTime(start));
        return answers;

        async Task<int[]> Answer(PairDesk desk, int[] part)
        {
            if (await desk.Ask(pass => ask(pass, [.. part.Select(prompt => latents[prompt])]), cancellation) is not { } own) return part;
            for (var i = 0; i < part.Length; i++) answers[part[i]] = own[i];
            return [];
        }
    }

    /// <summary>Parts as equal as can be, in their order; fewer prompts than pairs are the first one's.</summary>
    static int[][] Parts(int[] prompts, int count) => prompts.Length < count
        ? [prompts, .. Enumerable.Repeat(Array.Empty<int>(), count - 1)]
        : [.. Enumerable.Range(0, count).Select(part => prompts[(part * prompts.Length / count)..((part + 1) * prompts.Length / count)])];

    /// <param name="also">What may make it true, besides a desk that opens or whose session is over.</param>
    async Task Until(Func<bool> isTrue, Task? also = null)
    {
        while (true)
        {
            Task change;
            lock (_lock)
            {
                if (isTrue()) return;
                change = _changed.Task;
            }

            await (also is { IsCompleted: false } ? Task.WhenAny(change, also) : change).WaitAsync(cancellation);
        }
    }

    void Change(Action body)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            body();
            if (_isClosed) foreach (var desk in _open.Values) desk.Close();
            (changed, _changed) = (_changed, NewChange());
        }

        changed.SetResult();
    }

    static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
