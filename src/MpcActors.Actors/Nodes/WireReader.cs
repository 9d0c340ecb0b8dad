using System.Runtime.InteropServices;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Actors.Nodes;

/// <summary>Takes messages off a connection, one at a time.</summary>
/// <param name="heard">Called whenever bytes came, so that a long frame on a slow line is no silence.</param>
internal sealed class WireReader(Stream stream, Action heard)
{
    readonly byte[] _buffer = new byte[WireFormat.PrefixBytes + WireFormat.LargestHead];
    int _start;
    int _end;

    /// <summary>Of a frame; nothing until the peer has said who it is.</summary>
    public int LargestPayload { get; set; }

    /// <returns>Null where the peer has closed the connection between two messages.</returns>
    /// <exception cref="ProtocolViolationException">What came is no message.</exception>
    /// <exception cref="IOException">The connection broke, or ended within a message.</exception>
    public async ValueTask<WireMessage?> Next(CancellationToken cancellation)
    {
        if (!await Fill(WireFormat.PrefixBytes, cancellation)) return null;
        var (kind, headBytes, payloadBytes) = WireFormat.ReadPrefix(_buffer.AsSpan(_start, WireFormat.PrefixBytes), LargestPayload);
        _start += WireFormat.PrefixBytes;
        if (!await Fill(headBytes, cancellation)) throw new EndOfStreamException("the connection ended within a message");
        var head = _start;
        _start += headBytes;
        var payload = payloadBytes == 0 ? Memory<byte>.Empty : await ReadPayload(payloadBytes, cancellation);
        return WireFormat.Read(kind, _buffer.AsMemory(head, headBytes), payload);
    }

    /// <summary>Whole words where the length allows it: then the protocol computes with what was read, without a copy.</summary>
    async ValueTask<Memory<byte>> ReadPayload(int bytes, CancellationToken cancellation)
    {
        var payload = bytes % sizeof(ulong) == 0
            ? MemoryMarshal.AsMemory(Words.AsBytes(WordPool.Take(bytes / sizeof(ulong))))
            : GC.AllocateUninitializedArray<byte>(bytes);
        var read = Math.Min(bytes, _end - _start);
        _buffer.AsSpan(_start, read).CopyTo(payload.Span);
        _start += read;
        while (read < bytes)
        {
            var more = await stream.ReadAsync(payload[read..], cancellation);
            if (more == 0) throw new EndOfStreamException("the connection ended within a frame");
            heard();
            read += more;
        }

        return payload;
    }

    /// <summary>Sees to it that so many bytes are in the buffer; false where the stream ended before the first.</summary>
    async ValueTask<bool> Fill(int bytes, CancellationToken cancellation)
    {
        if (_end - _start >= bytes) return true;
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        while (_end < bytes)
        {
            var more = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
            if (more == 0) return _end == 0 ? false : throw new EndOfStreamException("the connection ended within a message");
            heard();
            _end += more;
        }

        return true;
    }
}
