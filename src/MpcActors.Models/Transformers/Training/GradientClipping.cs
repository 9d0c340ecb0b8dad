using MpcActors.Protocols;
using MpcActors.Protocols.Training;
using MpcActors.Ring;

namespace MpcActors.Models.Transformers.Training;

/// <summary>All gradients together times min(1, c/|g|): never longer than c (Pascanu, Mikolov, Bengio, ICML 2013). Nobody learns the length, nor whether it was too long.</summary>
/// <remarks>
/// <para>1. Open each group of gradients under masks, and add up squares: x = |g|²/c².</para>
/// <para>2. f = 1/√(x + 2^−10), which is 32 at most, and min(1, f) = 1 − relu(1 − f): two functions of one value.</para>
/// <para>3. Scale the opened gradients by it. Where f is below 1, its 16 fraction bits leave |g| within 2^−16·|g|/c of c.</para>
/// </remarks>
public static class GradientClipping
{
    const double Floor = 1.0 / (1 << 10);

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

        var relative = await suite.Scale(party, sum!, 1 / (limit * limit), FixedPoint.FractionBits);
        var inverse = await suite.Forward.InverseSquareRoot(party, party.AddPublic(relative, Floor), FixedPoint.FractionBits);
        var beyond = await suite.Forward.Relu(party, party.AddPublic(-inverse, 1));
        var factor = (await suite.Open(party, party.AddPublic(-beyond, 1).Reshape(Shape.Vector(1))))[0];
        foreach (var (flat, open) in gradients)
            flat.ReplaceGradients((await suite.ScaleColumns(party, open, factor)).Reshape(flat.Gradients.Shape));
    }
}
