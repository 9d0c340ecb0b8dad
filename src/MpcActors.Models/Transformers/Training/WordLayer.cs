using MpcActors.Protocols;
using MpcActors.Protocols.Training;
using MpcActors.Ring;

namespace MpcActors.Models.Transformers.Training;

/// <summary>Shared one-hot tokens times the table of words, plus each token's position and type. Back: the transposed product, and sums by position.</summary>
/// <remarks>Nobody learns a token, so the whole table has a gradient, and the optimiser goes through all of it, as CrypTen's embedding does.</remarks>
/// <param name="words">[vocabulary, width].</param>
/// <param name="positions">[positions, width].</param>
/// <param name="type">The only type's row, or null.</param>
/// <param name="scale">Public factor of the words.</param>
/// <param name="promptRows">Rows of each sequence that a layer after this one puts before the text's; the text's positions are counted without them.</param>
public sealed class WordLayer(Parameter words, Parameter positions, int firstPosition, Parameter? type, int scale = 1, int promptRows = 0) : ILayer
{
    public IEnumerable<Parameter> Factors => [words];

    /// <param name="x">[tokens, vocabulary], 1 where the token is.</param>
    public async ValueTask<Traced> Forward(PassContext pass, Share x)
    {
        var (party, suite, lengths) = (pass.Party, pass.Suite, pass.Sequences.Lengths);
        using var scope = party.Meter.Enter("embedding");
        var input = await suite.OpenForProducts(party, x);
        var rows = Scaled(await suite.Product(party, input, words.Wire, []));
        int[] places = [.. lengths.SelectMany(length => Enumerable.Range(firstPosition, length - promptRows))];
        var own = positions.Value with { Value = positions.Value.Value.GatherRows(places) };
        rows = Composition.Sum(rows, own.FractionBits > rows.FractionBits ? await suite.Scale(party, own, 1, rows.FractionBits) : own);
        if (type is not null) rows = await RowAddition.Add(pass, rows, type);
        return new(rows, async gradient =>
        {
            using var back = party.Meter.Enter("embedding");
            var open = (await suite.Open(party, gradient))[0];
            var value = suite.ValueOf(party, open);
            words.Accumulate(Scaled(await suite.TransposedProduct(party, input, open, [])));
            if (positions.IsTrained) positions.Accumulate(value with { Value = AddUp(value.Value, places, positions.Shape) });
            type?.Accumulate(RowAddition.Gradient(value));
            return value;
        });
    }

    Share Scaled(Share share) => scale == 1 ? share : share * scale;

    static RingTensor AddUp(RingTensor rows, int[] to, Shape shape)
    {
        if (rows.IsHollow) return RingTensor.Hollow(shape);
        var result = RingTensor.Zeros(shape);
        for (var i = 0; i < to.Length; i++)
        {
            var target = result.Span.Slice(to[i] * shape.Columns, shape.Columns);
            System.Numerics.Tensors.TensorPrimitives.Add(target, rows.Span.Slice(i * shape.Columns, shape.Columns), target);
        }

        return result;
    }
}
