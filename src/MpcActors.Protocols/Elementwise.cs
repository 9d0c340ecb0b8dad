using System.Runtime.Intrinsics;
using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>A result computed in one pass over its operands, on all cores, without a temporary tensor a step; hollow where any operand is.</summary>
public static class Elementwise
{
    const int Lanes = 8;

    /// <summary>Evaluates <paramref name="expression"/> at each element of three tensors of one shape.</summary>
    public static RingTensor Map<TExpression>(RingTensor a, RingTensor b, RingTensor c, TExpression expression)
        where TExpression : struct, IExpression3
    {
        if (a.IsHollow || b.IsHollow || c.IsHollow) return RingTensor.Hollow(a.Shape);
        Shape.RequireEqual(a.Shape, b.Shape);
        Shape.RequireEqual(a.Shape, c.Shape);
        var result = RingTensor.Uninitialized(a.Shape);
        var (x, y, z, target) = (a.Values, b.Values, c.Values, result.Values);
        Parallelism.ForChunks(target.Length, (start, length) =>
        {
            var i = start;
            for (; i + Lanes <= start + length; i += Lanes)
                expression.Apply(Load(x, i), Load(y, i), Load(z, i)).CopyTo(target, i);
            for (; i < start + length; i++)
                target[i] = expression.Apply(Vector512.Create(x[i]), Vector512.Create(y[i]), Vector512.Create(z[i])).ToScalar();
        });
        return result;
    }

    /// <summary>Evaluates <paramref name="expression"/> at each element of five tensors of one shape.</summary>
    public static RingTensor Map<TExpression>(
        RingTensor a, RingTensor b, RingTensor c, RingTensor d, RingTensor e, TExpression expression)
        where TExpression : struct, IExpression5
    {
        if (a.IsHollow || b.IsHollow || c.IsHollow || d.IsHollow || e.IsHollow) return RingTensor.Hollow(a.Shape);
        foreach (var other in (RingTensor[])[b, c, d, e]) Shape.RequireEqual(a.Shape, other.Shape);
        var result = RingTensor.Uninitialized(a.Shape);
        var (v, w, x, y, z, target) = (a.Values, b.Values, c.Values, d.Values, e.Values, result.Values);
        Parallelism.ForChunks(target.Length, (start, length) =>
        {
            var i = start;
            for (; i + Lanes <= start + length; i += Lanes)
                expression.Apply(Load(v, i), Load(w, i), Load(x, i), Load(y, i), Load(z, i)).CopyTo(target, i);
            for (; i < start + length; i++)
            {
                target[i] = expression.Apply(Vector512.Create(v[i]), Vector512.Create(w[i]), Vector512.Create(x[i]),
                    Vector512.Create(y[i]), Vector512.Create(z[i])).ToScalar();
            }
        });
        return result;
    }

    static Vector512<ulong> Load(ulong[] values, int index) => Vector512.LoadUnsafe(ref values[index]);
}

/// <summary>An expression of three operands, eight elements at a time. A struct, so that the loop around it is compiled for it alone.</summary>
public interface IExpression3
{
    Vector512<ulong> Apply(Vector512<ulong> a, Vector512<ulong> b, Vector512<ulong> c);
}

/// <summary>An expression of five operands, eight elements at a time.</summary>
public interface IExpression5
{
    Vector512<ulong> Apply(Vector512<ulong> a, Vector512<ulong> b, Vector512<ulong> c, Vector512<ulong> d, Vector512<ulong> e);
}
