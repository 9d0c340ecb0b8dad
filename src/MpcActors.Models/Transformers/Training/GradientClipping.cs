using MpcActors.Protocols;
using MpcActors.Protocols.Training;
using MpcActors.Ring;

namespace MpcActors.Models.Transformers.Training;

/// <summary>All gradients together times min(1, c/|g|): never longer than c (Pascanu, Mikolov, Bengio, ICML 2013). Nobody learns the length, nor whether it was too long.</summary>
/// <remarks>
/// <para>1. Open each group of gradients under masks, and add up squares: x = |g|²/c².</para>
/// <para>2. f = 1/√(x + 2^−10), which is 32 at most, and min(1, f) = 1 − relu(1 − f): two functions of one value.</para>
/// <para>3. Scale the opened gradients by it. Where f is below 1, its 16 fraction bits leave |g| within 2^−16·|g|/c of c, and the root and 1/c² within 2^−13.</para>
/// Gradients as they are, loss scale included, measure less than 2^15 together, and less than 2^15·c.
/// </remarks>
public static class GradientClipping
{
    const double Floor = 1.0 / (1 << 10);

    /// <summary>With these and the thirteen of a public factor, numbers below 2^30 stay in the ring, which is as far as the inverse root goes.</summary>
    const int RoomyBits = 20;

    /// <param name="groups">Parameters that are opened together.</param>
    /// <param name="limit">Of the gradients as they are, loss scale included.</param>
    public static async ValueTask Clip(Party party, ITrainingSuite suite, IReadOnlyList<Parameter[]> groups, double limit)
    {
        using var scope = party.Meter.Enter("clip");
        var gradients = new List<(FlatParameters Flat, Wire Open)>();
        Share? sum = null;
        foreach (var group in groups)
        {
            var flat = FlatParameters.Of(group);
            var open = (await suite.Open(party, flat.Gradients.Reshape(new Shape(flat.Gradients.Shape.Count, 1))))[0];
            var squares = (await suite.Square(party, open)).Reshape(flat.Gradients.Shape);
            squares = squares with { Value = squares.Value.SumRows() };
            sum = sum is null ? squares : Composition.Sum(sum, squares);
            gradients.Add((flat, open));
        }

        var relative = await Relative(party, suite, sum!, 1 / (limit * limit));
        var inverse = await suite.Forward.InverseSquareRoot(party, party.AddPublic(relative, Floor), FixedPoint.FractionBits);
        var beyond = await suite.Forward.Relu(party, party.AddPublic(-inverse, 1));
        var factor = (await suite.Open(party, party.AddPublic(-beyond, 1).Reshape(Shape.Vector(1))))[0];
        foreach (var (flat, open) in gradients)
            flat.ReplaceGradients((await suite.ScaleColumns(party, open, factor)).Reshape(flat.Gradients.Shape));
    }

    /// <summary>x = |g|²/c², in two steps: the power of two in 1/c² is a matter of where the point stands, and what is left of it is a factor below 2 of a number that has room for it.</summary>
    static async ValueTask<Share> Relative(Party party, ITrainingSuite suite, Share sum, double factor)
    {
        var exponent = Math.ILogB(factor);
        var moved = await suite.Scale(party, sum with { FractionBits = sum.FractionBits - exponent }, 1, RoomyBits);
        return await suite.Scale(party, moved, Math.ScaleB(factor, -exponent), FixedPoint.FractionBits);
    }
}
