using System.Buffers;
using System.Threading.Channels;
using MpcActors.Protocols;

namespace MpcActors.Actors.Nodes;

/// <summary>Puts messages onto a connection: frames in their order and within the window, everything else ahead of them.</summary>
/// <remarks>
/// Frames wait while more than a window of payload has not been taken by the peer's program. A program is never made to wait: it
/// awaits rounds, so what it sends ahead is bounded by the protocol, while what a slow receiver has to hold is bounded by the window.
/// </remarks>
/// <param name="seal">Makes the message of a frame.</param>
/// <param name="trouble">What goes wrong with messages and with the time they take; nothing if null.</param>
internal sealed class WireWriter(Stream stream, long window, Func<Frame, SealedFrame> seal, LinkTrouble? trouble)
{
    /// <summary>What is copied together and written at once.</summary>
    const int Batch = 1 << 14;

    readonly Lock _lock = new();
    readonly Queue<WireMessage> _control = new();
    readonly Queue<Frame> _frames = new();

    /// <summary>Sealed, and next.</summary>
    readonly Queue<SealedFrame> _sealed = new();
    readonly ArrayBufferWriter<byte> _buffer = new(2 * Batch);
    readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true, AllowSynchronousContinuations = false });

    long _sent;
    long _taken;
    long _writes;
    long _framesWritten;
    int _pending;
    int _pendingControl;
    bool _closing;

    /// <summary>Moves on whenever something was written.</summary>
    public long Writes => Interlocked.Read(ref _writes);

    /// <summary>Something that was sent is not on the wire yet.</summary>
    public bool IsBusy => Volatile.Read(ref _pending) > 0;

    /// <summary>Something other than a frame was sent and is not on the wire yet.</summary>
    public bool HasControl => Volatile.Read(ref _pendingControl) > 0;

    public void Send(Frame frame)
    {
        Interlocked.Increment(ref _pending);
        lock (_lock) _frames.Enqueue(frame);
        _signal.Writer.TryWrite(true);
    }

    public void Send(WireMessage message)
    {
        Interlocked.Increment(ref _pending);
        Interlocked.Increment(ref _pendingControl);
        lock (_lock) _control.Enqueue(message);
        _signal.Writer.TryWrite(true);
    }

    /// <summary>The peer's program has taken so many bytes of payload in all.</summary>
    /// <exception cref="ProtocolViolationException">It cannot have.</exception>
    public void Taken(long bytes)
    {
        lock (_lock)
        {
            if (bytes < _taken || bytes > _sent) throw new ProtocolViolationException($"it says that it took {bytes} bytes, when {_taken} were taken before and {_sent} were sent");
            _taken = bytes;
        }

        _signal.Writer.TryWrite(true);
    }

    /// <summary>Nothing comes after what has been sent so far.</summary>
    public void Close()
    {
        lock (_lock) _closing = true;
        _signal.Writer.TryWrite(true);
    }

    /// <summary>Writes until closed, or until the connection breaks.</summary>
    public async Task Run(CancellationToken cancellation)
    {
        while (true)
        {
            if (Gather(out var count, out var controls, out var payload, out var isDone))
            {
                if (trouble is not null) await trouble.Delay(_buffer.WrittenCount + payload.Length, cancellation);
                await stream.WriteAsync(_buffer.WrittenMemory, cancellation);
                _buffer.ResetWrittenCount();
                if (!payload.IsEmpty) await stream.WriteAsync(payload, cancellation);
                Interlocked.Increment(ref _writes);
                Interlocked.Add(ref _pendingControl, -controls);
                Interlocked.Add(ref _pending, -count);
            }
            else if (isDone)
            {
                await stream.FlushAsync(cancellation);
                return;
            }
            else
            {
                await _signal.Reader.WaitToReadAsync(cancellation);
                _signal.Reader.TryRead(out _);
            }
        }
    }

    /// <summary>Takes what may be written now: small messages together, or up to a large payload, which is written from where it lies.</summary>
    /// <param name="controls">How many of the <paramref name="count"/> are no frames.</param>
    bool Gather(out int count, out int controls, out ReadOnlyMemory<byte> payload, out bool isDone)
    {
        (count, controls, payload, isDone) = (0, 0, default, false);
        while (_buffer.WrittenCount < Batch)
        {
            if (_sealed.TryDequeue(out var message))
            {
                WireFormat.Write(_buffer, new WireMessage.Data(message));
                if (message.Frame.Payload.Length > Batch)
                {
                    payload = message.Frame.Payload;
                    return true;
                }

                _buffer.Write(message.Frame.Payload.Span);
                continue;
            }

            Frame? frame = null;
            WireMessage? control;
            lock (_lock)
            {
                if (!_control.TryDequeue(out control) && _sent - _taken <= window && _frames.TryDequeue(out frame)) _sent += frame.Payload.Length;
                if (control is null && frame is null) isDone = _closing && _frames.Count == 0;
            }

            if (control is null && frame is null) break;
            count++;
            if (frame is not null)
            {
                _framesWritten++;
                foreach (var one in trouble is null ? [seal(frame)] : trouble.Apply(seal(frame))) _sealed.Enqueue(one);
            }
            else
            {
                controls++;
                WireFormat.Write(_buffer, control is WireMessage.Ping ? new WireMessage.Ping(_framesWritten) : control!);
            }
        }

        return count > 0 || _buffer.WrittenCount > 0;
    }
}
