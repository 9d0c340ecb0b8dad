using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MpcActors.Models.Clear.Training;

/// <summary>Six rows by sixteen columns of a product: twelve sums in registers, two of the right factor, one of the left.</summary>
internal static unsafe class SingleTile
{
    public const int Rows = 6;
    public const int Columns = 16;

    /// <param name="x">[depth, 6].</param>
    /// <param name="panel">[depth, 16].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* x, float* panel, int depth, float* y, int strideY, bool accumulate)
    {
        float* y1 = y + strideY, y2 = y1 + strideY, y3 = y2 + strideY, y4 = y3 + strideY, y5 = y4 + strideY;
        Vector256<float>
            c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        if (accumulate)
        {
            c00 = Vector256.Load(y);
            c01 = Vector256.Load(y + 8);
            c10 = Vector256.Load(y1);
            c11 = Vector256.Load(y1 + 8);
            c20 = Vector256.Load(y2);
            c21 = Vector256.Load(y2 + 8);
            c30 = Vector256.Load(y3);
            c31 = Vector256.Load(y3 + 8);
            c40 = Vector256.Load(y4);
            c41 = Vector256.Load(y4 + 8);
            c50 = Vector256.Load(y5);
            c51 = Vector256.Load(y5 + 8);
        }

        for (var end = x + depth * Rows; x < end; x += Rows, panel += Columns)
        {
            Vector256<float> w0 = Vector256.Load(panel), w1 = Vector256.Load(panel + 8);
            var a = Vector256.Create(x[0]);
            c00 = Vector256.FusedMultiplyAdd(a, w0, c00);
            c01 = Vector256.FusedMultiplyAdd(a, w1, c01);
            a = Vector256.Create(x[1]);
            c10 = Vector256.FusedMultiplyAdd(a, w0, c10);
            c11 = Vector256.FusedMultiplyAdd(a, w1, c11);
            a = Vector256.Create(x[2]);
            c20 = Vector256.FusedMultiplyAdd(a, w0, c20);
            c21 = Vector256.FusedMultiplyAdd(a, w1, c21);
            a = Vector256.Create(x[3]);
            c30 = Vector256.FusedMultiplyAdd(a, w0, c30);
            c31 = Vector256.FusedMultiplyAdd(a, w1, c31);
            a = Vector256.Create(x[4]);
            c40 = Vector256.FusedMultiplyAdd(a, w0, c40);
            c41 = Vector256.FusedMultiplyAdd(a, w1, c41);
            a = Vector256.Create(x[5]);
            c50 = Vector256.FusedMultiplyAdd(a, w0, c50);
            c51 = Vector256.FusedMultiplyAdd(a, w1, c51);
        }

        c00.Store(y);
        c01.Store(y + 8);
        c10.Store(y1);
        c11.Store(y1 + 8);
        c20.Store(y2);
        c21.Store(y2 + 8);
        c30.Store(y3);
        c31.Store(y3 + 8);
        c40.Store(y4);
        c41.Store(y4 + 8);
        c50.Store(y5);
        c51.Store(y5 + 8);
    }
}
