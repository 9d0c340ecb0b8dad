namespace MpcActors.Ring;

/// <summary>Cuts work into pieces for the cores. Pieces write apart from one another, so the result does not depend on who did which.</summary>
public static class Parallelism
{
    /// <summary>Small enough for the second-level cache with three operands, large enough to pay for a hand-over.</summary>
    const int ChunkLength = 16 * 1024;

    /// <summary>Calls <paramref name="body"/>(start, length) over 0..count; below two chunks on the caller's thread.</summary>
    public static void ForChunks(int count, Action<int, int> body, int chunkLength = ChunkLength)
    {
        var chunks = (count + chunkLength - 1) / chunkLength;
        if (chunks <= 1 || Environment.ProcessorCount == 1)
        {
            for (var start = 0; start < count; start += chunkLength) body(start, Math.Min(chunkLength, count - start));
            return;
        }

        Parallel.For(0, chunks, chunk =>
        {
            var start = chunk * chunkLength;
            body(start, Math.Min(chunkLength, count - start));
        });
    }

    /// <summary>Calls <paramref name="body"/>(i) for 0..count, shared between the cores.</summary>
    public static void For(int count, Action<int> body)
    {
        if (count <= 1 || Environment.ProcessorCount == 1)
        {
            for (var i = 0; i < count; i++) body(i);
            return;
        }

        Parallel.For(0, count, body);
    }
}
