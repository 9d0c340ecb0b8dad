using System.Collections.Concurrent;
using System.Diagnostics;
using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>Where a pair's session takes the data owner's questions from, one after another.</summary>
/// <param name="opened">Called when the session has begun.</param>
/// <param name="session">Ends the wait for questions.</param>
sealed class PairDesk(Action<PairDesk> opened, CancellationToken session) : IDisposable
{
    readonly BlockingCollection<Func<IForwardPass, Task>> _questions = [];
    readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    MeasuredPass? _pass;

    public IReadOnlyList<PassCall> Calls => _pass?.Calls ?? [];

    /// <summary>Between questions, which to the session is computation.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>The owner's program at this pair. Between questions it holds up its own session, which knows of no wait but that for frames.</summary>
    public async Task Serve(PrivateForwardPass pass)
    {
        _pass = new MeasuredPass(pass, _ => { });
        opened(this);
        var idle = Stopwatch.GetTimestamp();
        foreach (var question in _questions.GetConsumingEnumerable(session))
        {
            Waited += Stopwatch.GetElapsedTime(idle);
            await question(_pass);
            idle = Stopwatch.GetTimestamp();
        }

        Waited += Stopwatch.GetElapsedTime(idle);
    }

    /// <returns>Null where the session was over before there was an answer.</returns>
    public async Task<T?> Ask<T>(Func<IForwardPass, ValueTask<T>> ask, CancellationToken cancellation) where T : class
    {
        // What follows an answer must not run inside the session's turn.
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _questions.Add(async pass => answer.TrySetResult(await ask(pass)), CancellationToken.None);
        await Task.WhenAny(answer.Task, _over.Task).WaitAsync(cancellation);
        return answer.Task.IsCompletedSuccessfully ? await answer.Task : null;
    }

    /// <summary>No more questions: the session comes to its end.</summary>
    public void Close() => _questions.CompleteAdding();

    /// <summary>The session is over: what was asked and not answered never will be.</summary>
    public void End() => _over.TrySetResult();

    public void Dispose() => _questions.Dispose();
}
