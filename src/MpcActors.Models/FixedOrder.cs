using System.Runtime.Intrinsics;

namespace MpcActors.Models;

/// <summary>
/// Sums whose order is fixed by the length alone, and functions that take each number alone. The library's first run up to an aligned
/// address, and treat a vector by another way than a single number, so that their last bits change from one run to the next with where
/// an array happens to lie; a resumed tuning has to end in the same bytes.
/// </summary>
public static class FixedOrder
{
    public static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        if (left.Length != right.Length)
            throw new ArgumentException($"a dot product of {left.Length} and {right.Length} numbers");
        Vector256<double> even = Vector256<double>.Zero, odd = Vector256<double>.Zero;
        var i = 0;
        for (; i + 8 <= left.Length; i += 8)
        {
            even = Vector256.FusedMultiplyAdd(Vector256.Create(left.Slice(i, 4)), Vector256.Create(right.Slice(i, 4)), even);
            odd = Vector256.FusedMultiplyAdd(Vector256.Create(left.Slice(i + 4, 4)), Vector256.Create(right.Slice(i + 4, 4)), odd);
        }

        var four = even + odd;
        var sum = (four[0] + four[1]) + (four[2] + four[3]);
        for (; i < left.Length; i++) sum = Math.FusedMultiplyAdd(left[i], right[i], sum);
        return sum;
    }

    public static double Sum(ReadOnlySpan<double> values)
    {
        Vector256<double> even = Vector256<double>.Zero, odd = Vector256<double>.Zero;
        var i = 0;
        for (; i + 8 <= values.Length; i += 8)
        {
            even += Vector256.Create(values.Slice(i, 4));
            odd += Vector256.Create(values.Slice(i + 4, 4));
        }

        var four = even + odd;
        var sum = (four[0] + four[1]) + (four[2] + four[3]);
        for (; i < values.Length; i++) sum += values[i];
        return sum;
    }

    /// <summary>In place.</summary>
    public static void Exp(Span<double> values)
    {
        foreach (ref var value in values) value = Math.Exp(value);
    }

    /// <summary>In place.</summary>
    public static void Tanh(Span<double> values)
    {
        foreach (ref var value in values) value = Math.Tanh(value);
    }
}
