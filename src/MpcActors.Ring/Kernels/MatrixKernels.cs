namespace MpcActors.Ring.Kernels;

/// <summary>The hardware paths of the matrix product, best first.</summary>
static class MatrixKernels
{
    public static IReadOnlyList<IMatrixKernel> All { get; } = [new Avx512MatrixKernel(), new Avx2MatrixKernel(), new ScalarMatrixKernel()];

    public static IMatrixKernel Best { get; } = All.First(kernel => kernel.IsSupported);
}
