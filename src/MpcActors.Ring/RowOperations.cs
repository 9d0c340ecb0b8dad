using System.Numerics.Tensors;

namespace MpcActors.Ring;

/// <summary>Operations on whole rows; all local on shares, and hollow on hollow tensors.</summary>
public static class RowOperations
{
    /// <summary>Row i times <paramref name="factors"/>[i].</summary>
    public static RingTensor ScaleRows(this RingTensor tensor, ReadOnlyMemory<ulong> factors)
    {
        if (factors.Length != tensor.Shape.Rows) throw new ArgumentException($"{factors.Length} factors do not scale the rows of a tensor {tensor.Shape}");
        return tensor.MapRows((row, source, destination) => TensorPrimitives.Multiply(source, factors.Span[row], destination));
    }

    /// <summary>Each row times <paramref name="row"/>, element by element.</summary>
    /// <exception cref="ArgumentException">The row is not as wide as the tensor.</exception>
    public static RingTensor ScaleColumns(this RingTensor tensor, RingTensor row)
    {
        if (row.Count != tensor.Shape.Columns) throw new ArgumentException($"{row.Count} factors do not scale the columns of a tensor {tensor.Shape}");
        if (tensor.IsHollow || row.IsHollow) return RingTensor.Hollow(tensor.Shape);
        var result = RingTensor.Uninitialized(tensor.Shape);
        var (source, factors, target, width) = (tensor.Values, row.Values, result.Values, tensor.Shape.Columns);
        Parallelism.ForChunks(tensor.Shape.Rows, (start, length) =>
        {
            for (var i = start; i < start + length; i++) TensorPrimitives.Multiply(source.AsSpan(i * width, width), factors, target.AsSpan(i * width, width));
        }, chunkLength: 16);
        return result;
    }

    /// <summary>Adds the vector <paramref name="row"/> to each row, in place: for a tensor that its caller has just made.</summary>
    public static void AddToEachRow(this RingTensor tensor, RingTensor row)
    {
        if (row.Count != tensor.Shape.Columns) throw new ArgumentException($"a row of {row.Count} cannot be added to the rows of a tensor {tensor.Shape}");
        var (addend, target, width) = (row.Values, tensor.Values, tensor.Shape.Columns);
        Parallelism.ForChunks(tensor.Shape.Rows, (start, length) =>
        {
            for (var i = start; i < start + length; i++) TensorPrimitives.Add(target.AsSpan(i * width, width), addend, target.AsSpan(i * width, width));
        }, chunkLength: 64);
    }

    /// <summary>Row g of the result is the sum of rows starts[g] to starts[g + 1] − 1.</summary>
    public static RingTensor SumRowGroups(this RingTensor tensor, int[] starts)
    {
        var shape = new Shape(starts.Length - 1, tensor.Shape.Columns);
        if (tensor.IsHollow) return RingTensor.Hollow(shape);
        var result = RingTensor.Zeros(shape);
        var (source, target, width) = (tensor.Values, result.Values, shape.Columns);
        Parallelism.ForChunks(shape.Rows, (start, length) =>
        {
            for (var group = start; group < start + length; group++)
            {
                var sum = target.AsSpan(group * width, width);
                for (var row = starts[group]; row < starts[group + 1]; row++) TensorPrimitives.Add(sum, source.AsSpan(row * width, width), sum);
            }
        }, chunkLength: 16);
        return result;
    }

    /// <summary>Value g of the result (a row) is the sum of values starts[g] to starts[g + 1] − 1 of a tensor read as one row.</summary>
    public static RingTensor SumSegments(this RingTensor tensor, int[] starts)
    {
        var shape = Shape.Vector(starts.Length - 1);
        if (tensor.IsHollow) return RingTensor.Hollow(shape);
        var result = RingTensor.Uninitialized(shape);
        var (source, target) = (tensor.Values, result.Values);
        Parallelism.ForChunks(shape.Count, (start, length) =>
        {
            for (var group = start; group < start + length; group++)
                target[group] = TensorPrimitives.Sum<ulong>(source.AsSpan(starts[group], starts[group + 1] - starts[group]));
        }, chunkLength: 1024);
        return result;
    }

    /// <summary>The values of all tensors one after another, as a row.</summary>
    public static RingTensor Concatenate(params RingTensor[] tensors)
    {
        var shape = Shape.Vector(tensors.Sum(tensor => tensor.Count));
        if (tensors.Any(tensor => tensor.IsHollow)) return RingTensor.Hollow(shape);
        var result = RingTensor.Uninitialized(shape);
        var at = 0;
        foreach (var tensor in tensors)
        {
            tensor.Span.CopyTo(result.Span[at..]);
            at += tensor.Count;
        }

        return result;
    }

    /// <summary>The part of a tensor read as one row that begins at <paramref name="start"/>, under <paramref name="shape"/>.</summary>
    public static RingTensor Slice(this RingTensor tensor, int start, Shape shape) => tensor.IsHollow
        ? RingTensor.Hollow(shape)
        : RingTensor.Of(shape, tensor.Span.Slice(start, shape.Count).ToArray());

    delegate void RowKernel(int row, ReadOnlySpan<ulong> source, Span<ulong> destination);

    static RingTensor MapRows(this RingTensor tensor, RowKernel kernel)
    {
        if (tensor.IsHollow) return tensor;
        var result = RingTensor.Uninitialized(tensor.Shape);
        var (source, target, width) = (tensor.Values, result.Values, tensor.Shape.Columns);
        Parallelism.ForChunks(tensor.Shape.Rows, (start, length) =>
        {
            for (var row = start; row < start + length; row++) kernel(row, source.AsSpan(row * width, width), target.AsSpan(row * width, width));
        }, chunkLength: 64);
        return result;
    }

    /// <summary>The tensor whose values <paramref name="starts"/>[g] to starts[g + 1] − 1 are all value g of this one.</summary>
    public static RingTensor SpreadOver(this RingTensor tensor, int[] starts, Shape shape)
    {
        if (starts[^1] != shape.Count || tensor.Count != starts.Length - 1)
            throw new ArgumentException($"{tensor.Count} values do not spread over {starts.Length - 1} segments of a tensor {shape}");
        if (tensor.IsHollow) return RingTensor.Hollow(shape);
        var result = RingTensor.Uninitialized(shape);
        var (source, target) = (tensor.Values, result.Values);
        Parallelism.ForChunks(tensor.Count, (start, length) =>
        {
            for (var i = start; i < start + length; i++) target.AsSpan(starts[i]..starts[i + 1]).Fill(source[i]);
        }, chunkLength: 64);
        return result;
    }

    /// <summary>Each row plus all rows before it of its group; group g has the rows starts[g] up to starts[g + 1].</summary>
    public static RingTensor RunningSums(this RingTensor tensor, int[] starts)
    {
        if (tensor.IsHollow) return tensor;
        var (result, width) = (RingTensor.Uninitialized(tensor.Shape), tensor.Shape.Columns);
        var (source, target) = (tensor.Values, result.Values);
        for (var group = 0; group < starts.Length - 1; group++)
            for (var row = starts[group]; row < starts[group + 1]; row++)
            {
                var sum = target.AsSpan(row * width, width);
                source.AsSpan(row * width, width).CopyTo(sum);
                if (row > starts[group]) TensorPrimitives.Add(sum, target.AsSpan((row - 1) * width, width), sum);
            }

        return result;
    }
}
