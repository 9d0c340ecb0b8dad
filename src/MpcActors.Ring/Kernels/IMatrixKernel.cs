namespace MpcActors.Ring.Kernels;

/// <summary>One hardware path of the matrix product over Z_2^64: how it lays out its operands, and the product of one tile.</summary>
/// <remarks>
/// The right factor is cut into panels of <see cref="TileColumns"/> columns, the left one into tiles of <see cref="TileRows"/>
/// rows, and both into blocks of <see cref="Depth"/> along the inner length. What is missing at an edge is packed as zeros.
/// </remarks>
unsafe interface IMatrixKernel
{
    /// <summary>The instruction set, as it is printed.</summary>
    string Name { get; }

    bool IsSupported { get; }

    int TileRows { get; }

    int TileColumns { get; }

    /// <summary>Inner length of a block, so that a packed panel stays in the first-level cache.</summary>
    int Depth { get; }

    /// <summary>Rows of the left factor that stay, packed, in the second-level cache.</summary>
    int BlockRows { get; }

    /// <summary>Words of a packed left tile.</summary>
    int LeftLength(int inner);

    /// <summary>Words of a packed right panel.</summary>
    int RightLength(int inner);

    void PackLeft(ulong* source, MatrixStride stride, int rows, int inner, ulong* packed);

    void PackRight(ulong* source, MatrixStride stride, int inner, int columns, ulong* packed);

    /// <summary>Writes the product of a whole tile, or adds it if <paramref name="accumulate"/>.</summary>
    void MultiplyTile(ulong* left, ulong* right, int inner, ulong* result, nint stride, bool accumulate);
}
