namespace MpcActors.Ring;

/// <summary>Memory of tensors and frames: arrays that were given back, for the next of the same length, and new ones.</summary>
/// <remarks>
/// Kept are large arrays only, and not more than 512 MiB of them; beyond that the collector has them. Left to itself it runs late where nearly all there is are
/// large arrays without references: a step of gradients then holds two to four times what it needs, and memory that is touched for the first time costs
/// more than most kernels that fill it. So it is called by how much was made (docs/decisions/0029).
/// </remarks>
public static class WordPool
{
    const int SmallestLength = 1 << 14;
    const long MostKept = 1L << 26;
    const long MadeBetweenCollections = 1L << 25;

    static readonly Lock Gate = new();
    static readonly Dictionary<int, Stack<ulong[]>> Stacks = [];
    static long s_kept;
    static long s_made;

    /// <summary>An array of that length with anything in it.</summary>
    public static ulong[] Take(int length) => TakeKept(length) ?? GC.AllocateUninitializedArray<ulong>(CountMade(length));

    /// <summary>An array of that length with nothing but zeros in it.</summary>
    public static ulong[] TakeZeros(int length)
    {
        if (TakeKept(length) is not { } words) return new ulong[CountMade(length)];
        words.AsSpan().Clear();
        return words;
    }

    /// <summary>Gives an array to the next that is as long; for its only holder, who has done with it.</summary>
    public static void Return(ulong[] words)
    {
        if (words.Length < SmallestLength) return;
        lock (Gate)
        {
            MakeRoom(words.Length);
            if (s_kept + words.Length > MostKept) return;
            s_kept += words.Length;
            if (!Stacks.TryGetValue(words.Length, out var stack)) Stacks.Add(words.Length, stack = new());
            stack.Push(words);
        }
    }

    static ulong[]? TakeKept(int length)
    {
        if (length < SmallestLength) return null;
        lock (Gate)
        {
            if (!Stacks.TryGetValue(length, out var stack) || !stack.TryPop(out var words)) return null;
            s_kept -= length;
            return words;
        }
    }

    static int CountMade(int length)
    {
        if (length < SmallestLength || Interlocked.Add(ref s_made, length) < MadeBetweenCollections) return length;
        Interlocked.Exchange(ref s_made, 0);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: false);
        return length;
    }

    /// <summary>Drops arrays of other lengths, which a program that has gone on to other sizes will not ask for.</summary>
    static void MakeRoom(int length)
    {
        if (s_kept + length <= MostKept) return;
        foreach (var (other, stack) in Stacks)
        {
            while (other != length && s_kept + length > MostKept && stack.TryPop(out _)) s_kept -= other;
        }
    }
}
