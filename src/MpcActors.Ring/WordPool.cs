namespace MpcActors.Ring;

/// <summary>Arrays of tensors that have ended, for the next of the same length.</summary>
/// <remarks>Only large ones, and not more than 512 MiB of them; beyond that the collector has them.</remarks>
static class WordPool
{
    const int SmallestLength = 1 << 14;
    const long LargestTotal = 1L << 26;

    static readonly Lock Gate = new();
    static readonly Dictionary<int, Stack<ulong[]>> Stacks = [];
    static long s_total;

    /// <summary>An array of that length with anything in it, or none.</summary>
    public static ulong[]? Rent(int length)
    {
        if (length < SmallestLength) return null;
        lock (Gate)
        {
            if (!Stacks.TryGetValue(length, out var stack) || !stack.TryPop(out var words)) return null;
            s_total -= length;
            return words;
        }
    }

    public static void Return(ulong[] words)
    {
        if (words.Length < SmallestLength) return;
        lock (Gate)
        {
            MakeRoom(words.Length);
            if (s_total + words.Length > LargestTotal) return;
            s_total += words.Length;
            if (!Stacks.TryGetValue(words.Length, out var stack)) Stacks.Add(words.Length, stack = new());
            stack.Push(words);
        }
    }

    /// <summary>Drops arrays of other lengths, which a program that has gone on to other sizes will not ask for.</summary>
    static void MakeRoom(int length)
    {
        if (s_total + length <= LargestTotal) return;
        foreach (var (other, stack) in Stacks)
        {
            while (other != length && s_total + length > LargestTotal && stack.TryPop(out _)) s_total -= other;
        }
    }
}
