using MpcActors.Models.Private;
using MpcActors.Protocols;
using MpcActors.Protocols.Training;
using MpcActors.Ring;

namespace MpcActors.Models.Transformers.Training;

/// <summary>The mean over each text's own rows. Back: the gradient over their number in each of them, nothing in a prompt's. Local but for truncations.</summary>
/// <param name="promptRows">Before each text; they do not count.</param>
public sealed class PoolingLayer(int promptRows) : ILayer
{
    public async ValueTask<Traced> Forward(PassContext pass, Share x)
    {
        var (party, suite, sequences) = (pass.Party, pass.Suite, pass.Sequences);
        using var scope = party.Meter.Enter("pooling");
        int[] own = [.. Enumerable.Range(0, sequences.Texts).SelectMany(text => Enumerable.Range(sequences.Starts[text] + promptRows, sequences.Lengths[text] - promptRows))];
        int[] counts = [.. sequences.Lengths.Select(length => length - promptRows)];
        int[] groups = [0, .. counts.Select((_, text) => counts[..(text + 1)].Sum())];
        ReadOnlyMemory<ulong> inverses = Array.ConvertAll(counts, count => FixedPoint.Encode(1.0 / count, Pooling.InverseBits));

        var sums = x with { Value = (promptRows == 0 ? x.Value : x.Value.GatherRows(own)).SumRowGroups(groups) };
        return new(await Divide(sums), async gradient =>
        {
            using var back = party.Meter.Enter("pooling");
            var each = await Divide(gradient);
            int[] rowsOfText = [.. counts.SelectMany((count, text) => Enumerable.Repeat(text, count))];
            return each with { Value = RowScatter.Spread(each.Value.GatherRows(rowsOfText), own, x.Shape) };
        });

        // First to 16 fraction bits: those of a sum of products and of the inverses would not fit together.
        async ValueTask<Share> Divide(Share rows)
        {
            var narrow = suite.ValueOf(party, (await suite.Open(party, rows))[0]);
            return new(narrow.Value.ScaleRows(inverses), narrow.FractionBits + Pooling.InverseBits);
        }
    }
}

/// <summary>u = x/|x| of each row: one inverse root. Back: (g − u(u·g))/|x|.</summary>
public sealed class UnitLayer : ILayer
{
    public async ValueTask<Traced> Forward(PassContext pass, Share x)
    {
        var (party, suite) = (pass.Party, pass.Suite);
        using var scope = party.Meter.Enter("unit");
        var wire = (await suite.Open(party, x))[0];
        var squares = await suite.Square(party, wire);
        var inverse = await suite.Forward.InverseSquareRoot(party, squares with { Value = squares.Value.SumRows() }, FixedPoint.FractionBits);
        var factors = (await suite.Open(party, inverse))[0];
        var unit = (await suite.Open(party, await suite.ScaleRows(party, wire, factors)))[0];
        return new(suite.ValueOf(party, unit), async gradient =>
        {
            using var back = party.Meter.Enter("unit");
            var g = (await suite.Open(party, gradient))[0];
            var products = await suite.Multiply(party, g, unit);
            var along = await suite.ScaleRows(party, unit, (await suite.Open(party, products with { Value = products.Value.SumRows() }))[0]);
            var across = suite.ValueOf(party, g).WithMoreFractionBits(along.FractionBits) - along;
            return await suite.ScaleRows(party, (await suite.Open(party, across))[0], factors);
        });
    }
}
