using System.Buffers;
using System.Runtime.InteropServices;
using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>Ring values as the bytes of a payload, little-endian, without a copy where they stay in one process.</summary>
public static class Words
{
    public static ReadOnlyMemory<byte> AsBytes(ulong[] words) => new WordMemory(words).Memory;

    /// <exception cref="ProtocolViolationException">The bytes are not whole words.</exception>
    public static ulong[] FromBytes(ReadOnlyMemory<byte> bytes)
    {
        if (MemoryMarshal.TryGetMemoryManager<byte, WordMemory>(bytes, out var manager, out var start, out var length)
            && start == 0 && length == manager.Words.Length * sizeof(ulong)) return manager.Words;
        if (bytes.Length % sizeof(ulong) != 0) throw new ProtocolViolationException($"{bytes.Length} bytes are not whole 64-bit words");
        var words = WordPool.Take(bytes.Length / sizeof(ulong));
        bytes.Span.CopyTo(MemoryMarshal.AsBytes(words.AsSpan()));
        return words;
    }

    sealed class WordMemory(ulong[] words) : MemoryManager<byte>
    {
        public ulong[] Words { get; } = words;

        public override Span<byte> GetSpan() => MemoryMarshal.AsBytes(Words.AsSpan());

        public override unsafe MemoryHandle Pin(int elementIndex = 0)
        {
            var handle = GCHandle.Alloc(Words, GCHandleType.Pinned);
            return new MemoryHandle((byte*)handle.AddrOfPinnedObject() + elementIndex, handle, this);
        }

        public override void Unpin()
        {
            // The handle that Pin gave out frees itself.
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
