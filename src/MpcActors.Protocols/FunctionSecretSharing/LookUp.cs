using MpcActors.Fss;
using MpcActors.Ring;

namespace MpcActors.Protocols.FunctionSecretSharing;

/// <summary>Public tables at the low bits of an open wire: no round, one key a value for all tables.</summary>
/// <remarks>
/// <para>1. Take a key to the point function that is 1 at r mod 2^n.</para>
/// <para>2. Evaluate it on the full domain: shares of the unit vector e_r.</para>
/// <para>3. T(x) = T(x̂ − r) = Σ_j e_r(j)·T(x̂ − j): local (the table is turned by x̂, not the vector).</para>
/// For a table of 2^n words a key has n + 1 blocks of 16 bytes where dealing the unit vector itself takes 2^n words.
/// </remarks>
public static class LookUp
{
    /// <summary>Beyond this the sweep over the table is longer than any other way.</summary>
    const int LargestIndex = 16;

    public static Cost CostOf(long count, int bits) => Cost.Keys(KeyForm.Point(bits), count);

    /// <summary>T(x) for each of <paramref name="tables"/> of 2^Bits words, entry i for the index i mod 2^Bits.</summary>
    /// <exception cref="ArgumentException">A table has another size than the index has values.</exception>
    public static async ValueTask<Share[]> LookUpByKey(this Party party, Residue index, int fractionBits, params ulong[][] tables)
    {
        if (index.Bits > LargestIndex) throw new ArgumentException($"an index of {index.Bits} bits is too large for a table; {LargestIndex} are not", nameof(index));
        var size = 1 << index.Bits;
        foreach (var table in tables)
            if (table.Length != size) throw new ArgumentException($"a table for an index of {index.Bits} bits has {size} entries, not {table.Length}", nameof(tables));

        var count = index.Shape.Count;
        party.Meter.CountElements((long)count * size * (1 + tables.Length));
        var keys = await party.TakeKeys(
            KeyForm.Point(index.Bits), count, () => new(Array.ConvertAll(index.Mask.Values, r => r & (ulong)(size - 1)), Ones(count)));
        if (keys is null) return Array.ConvertAll(tables, _ => new Share(RingTensor.Hollow(index.Shape), fractionBits));

        var results = Array.ConvertAll(tables, _ => new ulong[count]);
        var opened = index.Public.Values;
        Parallelism.ForChunks(count, (start, length) =>
        {
            var unit = new ulong[size];
            for (var i = start; i < start + length; i++)
            {
                keys.EvaluateAll(i, unit);
                for (var t = 0; t < tables.Length; t++) results[t][i] = Turned(unit, tables[t], (int)opened[i] & (size - 1));
            }
        }, chunkLength: 64);
        return Array.ConvertAll(results, values => new Share(RingTensor.Of(index.Shape, values), fractionBits));
    }

    /// <summary>Σ_j e(j)·T(x̂ − j).</summary>
    static ulong Turned(ReadOnlySpan<ulong> unit, ReadOnlySpan<ulong> table, int opened)
    {
        // Two runs, in each of which the table is read backwards.
        var sum = 0UL;
        for (var j = 0; j <= opened; j++) sum += unit[j] * table[opened - j];
        for (var j = opened + 1; j < unit.Length; j++) sum += unit[j] * table[opened - j + unit.Length];
        return sum;
    }

    static ulong[] Ones(int count)
    {
        var ones = new ulong[count];
        Array.Fill(ones, 1UL);
        return ones;
    }
}
