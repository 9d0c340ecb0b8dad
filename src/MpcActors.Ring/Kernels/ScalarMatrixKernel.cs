namespace MpcActors.Ring.Kernels;

/// <summary>Tiles of 2 × 4 in plain integers, for any processor.</summary>
sealed unsafe class ScalarMatrixKernel : IMatrixKernel
{
    const int Rows = 2;
    const int Columns = 4;

    public string Name => "scalar";

    public bool IsSupported => true;

    public int TileRows => Rows;

    public int TileColumns => Columns;

    public int Depth => 256;

    public int BlockRows => 64;

    public int LeftLength(int inner) => Rows * inner;

    public int RightLength(int inner) => Columns * inner;

    public void PackLeft(ulong* source, MatrixStride stride, int rows, int inner, ulong* packed)
    {
        for (var row = 0; row < Rows; row++)
            for (var k = 0; k < inner; k++)
                packed[Rows * k + row] = row < rows ? source[row * stride.Row + k * stride.Column] : 0;
    }

    public void PackRight(ulong* source, MatrixStride stride, int inner, int columns, ulong* packed) =>
        RightPanel.Pack(source, stride, inner, columns, packed, Columns);

    public void MultiplyTile(ulong* left, ulong* right, int inner, ulong* result, nint stride, bool accumulate)
    {
        ulong s00 = 0, s01 = 0, s02 = 0, s03 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0;
        for (var k = 0; k < inner; k++, left += Rows, right += Columns)
        {
            var (x, y) = (left[0], left[1]);
            s00 += x * right[0];
            s01 += x * right[1];
            s02 += x * right[2];
            s03 += x * right[3];
            s10 += y * right[0];
            s11 += y * right[1];
            s12 += y * right[2];
            s13 += y * right[3];
        }

        Write(s00, s01, s02, s03, result, accumulate);
        Write(s10, s11, s12, s13, result + stride, accumulate);
    }

    static void Write(ulong s0, ulong s1, ulong s2, ulong s3, ulong* result, bool accumulate)
    {
        if (accumulate) (s0, s1, s2, s3) = (s0 + result[0], s1 + result[1], s2 + result[2], s3 + result[3]);
        (result[0], result[1], result[2], result[3]) = (s0, s1, s2, s3);
    }
}
