using System.Threading.Tasks.Sources;

namespace MpcActors.Protocols;

/// <summary>Frames of one sender that no one awaits yet, or one await that no frame has met yet.</summary>
/// <remarks>
/// <see cref="Deliver"/> runs the waiting protocol to its next await on the caller's thread. In an actor that is the
/// actor's own turn, so protocol code is single-threaded without knowing it. For the same reason frames are delivered from
/// a plain Receive, never from ReceiveAsync, which would suspend the mailbox that the next frame has to come through.
/// </remarks>
public sealed class Inbox(Role sender) : IValueTaskSource<Frame>
{
    readonly Queue<Frame> _early = new();
    ManualResetValueTaskSourceCore<Frame> _awaited;
    bool _isAwaited;
    uint _expected;

    public int EarlyFrames => _early.Count;

    /// <exception cref="InvalidOperationException">Another await of the same sender is not met yet.</exception>
    public ValueTask<Frame> Next()
    {
        if (_early.TryDequeue(out var frame)) return new(frame);
        if (_isAwaited) throw new InvalidOperationException($"two protocols await {sender.Name()} at once");
        _isAwaited = true;
        _awaited.Reset();
        return new(this, _awaited.Version);
    }

    /// <exception cref="ProtocolViolationException">The frame is late, early or a duplicate.</exception>
    public void Deliver(Frame frame)
    {
        if (frame.Sequence != _expected)
            throw new ProtocolViolationException($"{frame} came where frame {_expected} of that link was due: it was lost, duplicated or reordered");
        _expected++;
        if (!_isAwaited)
        {
            _early.Enqueue(frame);
            return;
        }

        _isAwaited = false;
        _awaited.SetResult(frame);
    }

    Frame IValueTaskSource<Frame>.GetResult(short token) => _awaited.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<Frame>.GetStatus(short token) => _awaited.GetStatus(token);

    // Without the scheduling context the protocol always resumes inline, whoever delivers.
    void IValueTaskSource<Frame>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _awaited.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);
}
