using System.Buffers;

namespace MpcActors.Compat.Tests.MessagePackFormat;

/// <summary>A sequence of several segments.</summary>
sealed class Pieces : ReadOnlySequenceSegment<byte>
{
    Pieces(ReadOnlyMemory<byte> memory, long start)
    {
        Memory = memory;
        RunningIndex = start;
    }

    public static ReadOnlySequence<byte> Of(byte[] bytes, int length)
    {
        var first = new Pieces(default, 0);
        var last = first;
        foreach (var piece in bytes.Chunk(length))
        {
            var next = new Pieces(piece, last.RunningIndex + last.Memory.Length);
            last.Next = next;
            last = next;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }
}
