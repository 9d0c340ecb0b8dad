using MpcActors.Ring.Kernels;

namespace MpcActors.Ring.Tests;

public sealed class MatrixProductTests
{
    static readonly int[] _edges = [0, 1, 2, 3, 4, 5, 7, 8, 9, 17, 33];

    /// <summary>The 512-bit kernel is written in portable vectors, so that it is tested where the processor has none as well.</summary>
    public static TheoryData<string> Kernels => new(MatrixKernels.All
        .Where(kernel => kernel.IsSupported || kernel is Avx512MatrixKernel)
        .Select(kernel => kernel.Name));

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_kernel_agrees_with_the_definition_at_every_ragged_shape(string name)
    {
        foreach (var rows in _edges)
            foreach (var inner in _edges)
                foreach (var columns in _edges)
                    RequireProduct(name, rows, inner, columns);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_kernel_agrees_with_the_definition_across_its_blocks(string name)
    {
        RequireProduct(name, 331, 37, 41);
        RequireProduct(name, 67, 259, 35);
        RequireProduct(name, 5, 513, 97);
        RequireProduct(name, 12, 256, 160);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Values_at_the_ends_of_the_ring_multiply_right(string name)
    {
        ulong[] ends = [0, 1, ulong.MaxValue, 1UL << 63, (1UL << 63) - 1, uint.MaxValue, 1UL << 32, 0xFFFF_FFFF_0000_0000];
        var left = Enumerable.Range(0, 8 * 8).Select(i => ends[i % 8]).ToArray();
        var right = Enumerable.Range(0, 8 * 8).Select(i => ends[(i / 8 + i) % 8]).ToArray();
        var product = MatrixProduct.Of(
            RingTensor.Of(new Shape(8, 8), left), RingTensor.Of(new Shape(8, 8), right), Kernel(name), workers: 1);
        Assert.Equal(RingValues.NaiveProduct(left, right, 8, 8, 8), product.Values);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Blocks_of_larger_arrays_are_multiplied_in_place_whichever_factor_is_transposed(string name)
    {
        foreach (var (rows, inner, columns) in new[] { (20, 64, 20), (20, 20, 64), (128, 18, 65), (1, 1, 1), (3, 0, 2), (0, 3, 2), (3, 2, 0), (7, 300, 9) })
        {
            var left = RingValues.Words(rows * inner, 3);
            var right = RingValues.Words(inner * columns, 4);
            var expected = RingValues.NaiveProduct(left, right, rows, inner, columns);
            foreach (var leftIsTransposed in new[] { false, true })
                foreach (var rightIsTransposed in new[] { false, true })
                {
                    var (x, xView) = leftIsTransposed ? Place(RingValues.Transpose(left, rows, inner), inner, rows) : Place(left, rows, inner);
                    var (y, yView) = rightIsTransposed ? Place(RingValues.Transpose(right, inner, columns), columns, inner) : Place(right, inner, columns);
                    var (z, zView) = Place(RingValues.Words(rows * columns, 5), rows, columns);
                    var before = z.ToArray();
                    MatrixProduct.Accumulate(x, xView, leftIsTransposed, y, yView, rightIsTransposed, z, zView, Kernel(name));
                    for (var i = 0; i < rows; i++)
                        for (var j = 0; j < columns; j++)
                            before[zView.Offset + i * zView.Stride + j] += expected[i * columns + j];
                    Assert.Equal(before, z);
                }
        }
    }

    [Fact]
    public void A_hollow_operand_gives_a_hollow_product()
    {
        var (full, hollow) = (RingValues.Tensor(2, 3), RingTensor.Hollow(new Shape(3, 4)));
        Assert.True(MatrixProduct.Of(full, hollow).IsHollow);
        Assert.True(MatrixProduct.Of(full, new PackedMatrix(hollow)).IsHollow);
        Assert.True(MatrixProduct.Of(RingTensor.Hollow(new Shape(5, 2)), new PackedMatrix(full)).IsHollow);
        Assert.Equal(new Shape(2, 4), MatrixProduct.Of(full, new PackedMatrix(hollow)).Shape);
    }

    [Fact]
    public void Inner_lengths_that_differ_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => MatrixProduct.Of(RingValues.Tensor(2, 3), RingValues.Tensor(4, 5)));
        Assert.Contains("2×3", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => MatrixProduct.Of(RingValues.Tensor(2, 3), new PackedMatrix(RingValues.Tensor(4, 5))));
    }

    [Fact]
    public void A_block_outside_its_array_or_of_another_size_is_refused()
    {
        var words = new ulong[12];
        void Multiply(MatrixView left, MatrixView right, MatrixView result) =>
            MatrixProduct.Accumulate(words, left, leftIsTransposed: false, words, right, rightIsTransposed: false, new ulong[12], result);
        MatrixView fits = new(0, 3, 3, 3);
        Multiply(fits, fits, fits);
        Assert.Throws<ArgumentException>(() => Multiply(fits with { Offset = 4 }, fits, fits));
        Assert.Throws<ArgumentException>(() => Multiply(fits, fits with { Stride = 5 }, fits));
        Assert.Throws<ArgumentException>(() => Multiply(fits, fits, fits with { Offset = -1 }));
        Assert.Throws<ArgumentException>(() => Multiply(fits, fits with { Rows = 2 }, fits));
        Assert.Throws<ArgumentException>(() => Multiply(fits, fits, fits with { Columns = 2 }));
    }

    static void RequireProduct(string name, int rows, int inner, int columns)
    {
        var (left, right) = (RingValues.Tensor(rows, inner, 1), RingValues.Tensor(inner, columns, 2));
        var expected = RingValues.NaiveProduct(left.Values, right.Values, rows, inner, columns);
        var kernel = Kernel(name);
        foreach (var workers in new[] { 1, 2 })
        {
            Assert.Equal(expected, MatrixProduct.Of(left, right, kernel, workers).Values);
            var packed = RingTensor.Of(new Shape(rows, columns), RingValues.Words(rows * columns, 9));
            new PackedMatrix(right, kernel, workers).MultiplyBy(left.Values, rows, packed.Values, workers);
            Assert.Equal(expected, packed.Values);
        }
    }

    /// <summary>A matrix within an array, with other words around it and between its rows.</summary>
    static (ulong[] Words, MatrixView View) Place(ulong[] matrix, int rows, int columns)
    {
        var view = new MatrixView(Offset: 5, Stride: columns + 3, rows, columns);
        var words = RingValues.Words(view.Offset + rows * view.Stride, 7);
        for (var i = 0; i < rows; i++) matrix.AsSpan(i * columns, columns).CopyTo(words.AsSpan(view.Offset + i * view.Stride));
        return (words, view);
    }

    static IMatrixKernel Kernel(string name) => MatrixKernels.All.Single(kernel => kernel.Name == name);
}
