using System.Numerics.Tensors;

namespace MpcActors.Ring;

/// <summary>A shape and its values in Z_2^64; arithmetic wraps around, which is the ring's own.</summary>
/// <remarks>
/// <para>A tensor is not changed once it has been handed on; kernels write only into tensors they have just made.</para>
/// <para>
/// A <em>hollow</em> tensor has a shape and no values, and an operation with a hollow operand gives a hollow result. The
/// dealer and the planner run the very program of the parties on hollow tensors, so that nobody keeps a second list of
/// what the program needs (docs/decisions/0006).
/// </para>
/// </remarks>
public sealed class RingTensor
{
    readonly ulong[]? _values;

    RingTensor(Shape shape, ulong[]? values) => (Shape, _values) = (shape, values);

    public Shape Shape { get; }

    public int Count => Shape.Count;

    public bool IsHollow => _values is null;

    /// <summary>The values row by row.</summary>
    /// <exception cref="InvalidOperationException">The tensor is hollow.</exception>
    public Span<ulong> Span => _values ?? throw new InvalidOperationException($"a hollow tensor {Shape} has no values");

    /// <summary>The array behind <see cref="Span"/>, for kernels that share work between cores.</summary>
    public ulong[] Values => _values ?? throw new InvalidOperationException($"a hollow tensor {Shape} has no values");

    public ulong this[int row, int column] => Span[row * Shape.Columns + column];

    public static RingTensor Hollow(Shape shape) => new(shape, null);

    public static RingTensor Zeros(Shape shape) => new(shape, WordPool.TakeZeros(shape.Count));

    /// <summary>A tensor whose values the caller writes next; until then they are whatever the memory held.</summary>
    public static RingTensor Uninitialized(Shape shape) => new(shape, WordPool.Take(shape.Count));

    /// <summary>Gives the values' memory to the next tensors of this size; for the only holder of a tensor, who has done with it. Nothing if it is hollow.</summary>
    public void Release()
    {
        if (_values is not null) WordPool.Return(_values);
    }

    /// <summary>Wraps <paramref name="values"/> without a copy.</summary>
    /// <exception cref="ArgumentException">The number of values is not that of the shape.</exception>
    public static RingTensor Of(Shape shape, ulong[] values)
    {
        if (values.Length != shape.Count) throw new ArgumentException($"{values.Length} values do not fill a tensor {shape}");
        return new(shape, values);
    }

    public static RingTensor Of(params ulong[] values) => new(Shape.Vector(values.Length), values);

    /// <summary>The same values under another shape of the same count.</summary>
    public RingTensor Reshape(Shape shape)
    {
        if (shape.Count != Count) throw new ArgumentException($"a tensor {Shape} cannot be reshaped to {shape}");
        return new(shape, _values);
    }

    /// <summary>The tensor whose element i is element <paramref name="indices"/>[i] of this one, under <paramref name="shape"/>.</summary>
    public RingTensor Gather(int[] indices, Shape shape)
    {
        if (indices.Length != shape.Count) throw new ArgumentException($"{indices.Length} indices do not fill a tensor {shape}");
        if (IsHollow) return Hollow(shape);
        var result = Uninitialized(shape);
        var (source, destination) = (Values, result.Values);
        Parallelism.ForChunks(indices.Length, (start, length) =>
        {
            for (var i = start; i < start + length; i++) destination[i] = source[indices[i]];
        });
        return result;
    }

    /// <summary>The rows <paramref name="rows"/>, in that order.</summary>
    public RingTensor GatherRows(int[] rows)
    {
        var shape = new Shape(rows.Length, Shape.Columns);
        if (IsHollow) return Hollow(shape);
        var result = Uninitialized(shape);
        var (source, destination, width) = (Values, result.Values, Shape.Columns);
        Parallelism.ForChunks(rows.Length, (start, length) =>
        {
            for (var i = start; i < start + length; i++) source.AsSpan(rows[i] * width, width).CopyTo(destination.AsSpan(i * width, width));
        }, chunkLength: 64);
        return result;
    }

    /// <summary>The columns from <paramref name="start"/> on.</summary>
    public RingTensor Columns(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + count, Shape.Columns);
        var shape = new Shape(Shape.Rows, count);
        if (IsHollow) return Hollow(shape);
        var result = Uninitialized(shape);
        var (source, destination, width) = (Values, result.Values, Shape.Columns);
        Parallelism.ForChunks(shape.Rows, (first, length) =>
        {
            for (var i = first; i < first + length; i++) source.AsSpan(i * width + start, count).CopyTo(destination.AsSpan(i * count, count));
        }, chunkLength: 64);
        return result;
    }

    /// <summary>The sum of each row, as a column.</summary>
    public RingTensor SumRows()
    {
        var shape = new Shape(Shape.Rows, 1);
        if (IsHollow) return Hollow(shape);
        var result = Uninitialized(shape);
        var (source, destination, width) = (Values, result.Values, Shape.Columns);
        Parallelism.ForChunks(shape.Rows, (start, length) =>
        {
            for (var i = start; i < start + length; i++) destination[i] = TensorPrimitives.Sum<ulong>(source.AsSpan(i * width, width));
        }, chunkLength: 64);
        return result;
    }

    public static RingTensor operator +(RingTensor left, RingTensor right) =>
        Combine(left, right, static (x, y, destination) => TensorPrimitives.Add(x, y, destination));

    public static RingTensor operator -(RingTensor left, RingTensor right) =>
        Combine(left, right, static (x, y, destination) => TensorPrimitives.Subtract(x, y, destination));

    /// <summary>Element-wise product.</summary>
    public static RingTensor operator *(RingTensor left, RingTensor right) =>
        Combine(left, right, static (x, y, destination) => TensorPrimitives.Multiply(x, y, destination));

    public static RingTensor operator -(RingTensor tensor) =>
        tensor.Map(static (x, destination) => TensorPrimitives.Subtract(0UL, x, destination));

    public static RingTensor operator *(RingTensor tensor, ulong factor) =>
        tensor.Map((x, destination) => TensorPrimitives.Multiply(x, factor, destination));

    public static RingTensor operator +(RingTensor tensor, ulong addend) =>
        tensor.Map((x, destination) => TensorPrimitives.Add(x, addend, destination));

    /// <summary>Each value shifted right with zeros coming in.</summary>
    public static RingTensor operator >>>(RingTensor tensor, int bits) =>
        tensor.Map((x, destination) => TensorPrimitives.ShiftRightLogical(x, bits, destination));

    /// <summary>A new tensor of the same shape filled by <paramref name="kernel"/>(source, destination) piece by piece, on all cores.</summary>
    public RingTensor Map(Kernel1 kernel)
    {
        if (IsHollow) return this;
        var result = Uninitialized(Shape);
        var (source, destination) = (Values, result.Values);
        Parallelism.ForChunks(Count, (start, length) =>
            kernel(source.AsSpan(start, length), destination.AsSpan(start, length)));
        return result;
    }

    static RingTensor Combine(RingTensor left, RingTensor right, Kernel2 kernel)
    {
        Shape.RequireEqual(left.Shape, right.Shape);
        if (left.IsHollow || right.IsHollow) return Hollow(left.Shape);
        var result = Uninitialized(left.Shape);
        var (x, y, destination) = (left.Values, right.Values, result.Values);
        Parallelism.ForChunks(left.Count, (start, length) =>
            kernel(x.AsSpan(start, length), y.AsSpan(start, length), destination.AsSpan(start, length)));
        return result;
    }

    public delegate void Kernel1(ReadOnlySpan<ulong> source, Span<ulong> destination);

    public delegate void Kernel2(ReadOnlySpan<ulong> left, ReadOnlySpan<ulong> right, Span<ulong> destination);
}
