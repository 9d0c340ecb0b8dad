using System.Runtime.Intrinsics;

namespace MpcActors.Models.Clear.Training;

/// <summary>Operations on rows of single-precision numbers, in an order that the length alone fixes; see <see cref="FixedOrder"/>.</summary>
internal static class SingleRows
{
    private const int ColumnsTogether = 64;

    public static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        Vector256<float> even = default, odd = default;
        var i = 0;
        for (; i + 16 <= left.Length; i += 16)
        {
            even = Vector256.FusedMultiplyAdd(Vector256.Create(left.Slice(i, 8)), Vector256.Create(right.Slice(i, 8)), even);
            odd = Vector256.FusedMultiplyAdd(Vector256.Create(left.Slice(i + 8, 8)), Vector256.Create(right.Slice(i + 8, 8)), odd);
        }

        var sum = Sum(even + odd);
        for (; i < left.Length; i++) sum = MathF.FusedMultiplyAdd(left[i], right[i], sum);
        return sum;
    }

    public static float Sum(ReadOnlySpan<float> values)
    {
        Vector256<float> even = default, odd = default;
        var i = 0;
        for (; i + 16 <= values.Length; i += 16)
        {
            even += Vector256.Create(values.Slice(i, 8));
            odd += Vector256.Create(values.Slice(i + 8, 8));
        }

        var sum = Sum(even + odd);
        for (; i < values.Length; i++) sum += values[i];
        return sum;
    }

    /// <summary>target += factor · source.</summary>
    public static void AddScaled(Span<float> target, ReadOnlySpan<float> source, float factor)
    {
        var many = Vector256.Create(factor);
        var i = 0;
        for (; i + 8 <= target.Length; i += 8)
            Vector256.FusedMultiplyAdd(Vector256.Create(source.Slice(i, 8)), many, Vector256.Create<float>(target.Slice(i, 8))).CopyTo(target[i..]);
        for (; i < target.Length; i++) target[i] = MathF.FusedMultiplyAdd(source[i], factor, target[i]);
    }

    /// <summary>target += the sum of the rows of [rows, width]; cores share out columns.</summary>
    public static void AddRows(float[] rows, Span<float> target)
    {
        var (width, sums) = (target.Length, new float[target.Length]);
        if (rows.Length == 0) return;
        Parallel.For(0, (width + ColumnsTogether - 1) / ColumnsTogether, block =>
        {
            var first = block * ColumnsTogether;
            var part = sums.AsSpan(first, Math.Min(ColumnsTogether, width - first));
            for (var at = first; at < rows.Length; at += width) AddScaled(part, rows.AsSpan(at, part.Length), 1);
        });
        AddScaled(target, sums, 1);
    }

    /// <summary>Sum of the squares, in double precision; the same bits however the array lies.</summary>
    public static double Squares(ReadOnlySpan<float> values)
    {
        var sums = (Vector256<double>.Zero, Vector256<double>.Zero);
        var i = 0;
        for (; i + 8 <= values.Length; i += 8)
        {
            var (low, high) = Vector256.Widen(Vector256.Create(values.Slice(i, 8)));
            sums = (Vector256.FusedMultiplyAdd(low, low, sums.Item1), Vector256.FusedMultiplyAdd(high, high, sums.Item2));
        }

        var four = sums.Item1 + sums.Item2;
        var sum = (four[0] + four[1]) + (four[2] + four[3]);
        for (; i < values.Length; i++) sum += (double)values[i] * values[i];
        return sum;
    }

    /// <summary>Calls <paramref name="body"/>(first, count) over pieces of 0..<paramref name="rows"/>; each row is worked on by one thread.</summary>
    public static void Share(int rows, Action<int, int> body)
    {
        const int together = 16;
        Parallel.For(0, (rows + together - 1) / together, piece => body(piece * together, Math.Min(together, rows - piece * together)));
    }

    private static float Sum(Vector256<float> eight)
    {
        var four = eight.GetLower() + eight.GetUpper();
        return (four[0] + four[1]) + (four[2] + four[3]);
    }
}
