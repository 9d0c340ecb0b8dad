using MpcActors.Protocols;
using MpcActors.Protocols.Published;
using MpcActors.Protocols.Training;

namespace MpcActors.Models.Transformers.Training;

/// <summary>Layers one after another.</summary>
public sealed class Chain(params ILayer[] layers) : ILayer
{
    public IEnumerable<Parameter> Factors => layers.SelectMany(layer => layer.Factors);

    public IEnumerable<Parameter> Scales => layers.SelectMany(layer => layer.Scales);

    public async ValueTask<Traced> Forward(PassContext pass, Share x)
    {
        var ways = new Stack<Func<Share, ValueTask<Share>>>();
        foreach (var layer in layers)
        {
            var traced = await layer.Forward(pass, x);
            x = traced.Value;
            ways.Push(traced.Backward);
        }

        return new(x, async gradient =>
        {
            foreach (var way in ways) gradient = await way(gradient);
            return gradient;
        });
    }
}

/// <summary>x + f(x), or s(x) + f(x) where f changes the width and so a map s leads around it.</summary>
public sealed class Residual(ILayer inner, ILayer? around = null) : ILayer
{
    public IEnumerable<Parameter> Factors => around is null ? inner.Factors : around.Factors.Concat(inner.Factors);

    public IEnumerable<Parameter> Scales => around is null ? inner.Scales : around.Scales.Concat(inner.Scales);

    public async ValueTask<Traced> Forward(PassContext pass, Share x)
    {
        var beside = around is null ? new(x, ValueTask.FromResult) : await around.Forward(pass, x);
        var traced = await inner.Forward(pass, x);
        return new(Composition.Sum(beside.Value, traced.Value), async gradient => Composition.Sum(await beside.Backward(gradient), await traced.Backward(gradient)));
    }
}

static class Composition
{
    /// <summary>With the fraction bits of the finer one: nothing is truncated that the next operation truncates anyway.</summary>
    public static Share Sum(Share left, Share right)
    {
        var bits = Math.Max(left.FractionBits, right.FractionBits);
        return left.WithMoreFractionBits(bits) + right.WithMoreFractionBits(bits);
    }

    /// <summary>Columns of all, with the fraction bits of the finest.</summary>
    public static Share SideBySide(params Share[] parts)
    {
        var bits = parts.Max(part => part.FractionBits);
        return new(RowBroadcast.SideBySide(Array.ConvertAll(parts, part => part.WithMoreFractionBits(bits).Value)), bits);
    }
}
