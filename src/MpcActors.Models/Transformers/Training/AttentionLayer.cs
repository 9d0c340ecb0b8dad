using MpcActors.Models.Private;
using MpcActors.Protocols;
using MpcActors.Protocols.Published;
using MpcActors.Protocols.Training;
using MpcActors.Ring;

namespace MpcActors.Models.Transformers.Training;

/// <summary>Softmax attention: from queries, keys and values side by side to P·V with P = softmax(QKᵀ/√d).</summary>
/// <remarks>
/// <para>Back: gV = PᵀG; gP = GVᵀ; gS = P ⊙ (gP − Σ_row P ⊙ gP)/√d; gQ = gS·K; gK = gSᵀQ. Blocks of each text and head apart.</para>
/// In a causal model P is 0 where a score does not count, and so is gS.
/// </remarks>
public sealed class AttentionLayer(LayerOutline layer) : ILayer
{
    /// <summary>A unit in the last place of a score moves a weight by less than one of its own.</summary>
    const int ScoreBits = 20;

    /// <param name="x">[rows, queries | keys | values of all heads].</param>
    public async ValueTask<Traced> Forward(PassContext pass, Share x)
    {
        var (party, suite, width) = (pass.Party, pass.Suite, layer.ValuesWidth);
        using var scope = party.Meter.Enter("attention");
        var layout = pass.Sequences.LayoutFor(layer, 0);
        var open = Array.ConvertAll(await suite.Open(party, Part(0), Part(1), Part(2)), wire => suite.ForProducts(party, wire));
        var (queries, keys, values) = (open[0], open[1], open[2]);
        var (scoresShape, rowsShape) = (Shape.Vector(layout.ScoreStarts[^1]), new Shape(pass.Sequences.Rows, width));
        var factor = 1 / Math.Sqrt(layer.KeyWidth);

        var scores = await suite.MultiplyBlocks(party, scoresShape, queries, keys, Scores());
        Share shares;
        using (party.Meter.Enter("softmax"))
        {
            var scaled = await suite.Scale(party, layout.Counted(scores), factor, Math.Min(ScoreBits, suite.ParameterBits));
            shares = await suite.Forward.Softmax(party, scaled, layout.CountedStarts);
        }

        var weights = (await suite.Open(party, layout.WithUncounted(shares)))[0];
        var attended = await suite.MultiplyBlocks(party, rowsShape, weights, values, Rows(isTransposed: false));
        return new(attended, async gradient =>
        {
            using var back = party.Meter.Enter("attention");
            var g = await suite.OpenForProducts(party, gradient);
            var ofValues = await suite.MultiplyBlocks(party, rowsShape, weights, g, Rows(isTransposed: true));
            var ofWeights = await suite.MultiplyBlocks(party, scoresShape, g, values, Scores());
            Wire ofScores;
            using (party.Meter.Enter("softmax"))
            {
                var unscaled = await suite.SoftmaxBackward(party, weights, ofWeights, layout.ScoreStarts);
                ofScores = await suite.OpenForProducts(party, await suite.Scale(party, unscaled, factor, FixedPoint.FractionBits));
            }

            var ofQueries = await suite.MultiplyBlocks(party, rowsShape, ofScores, keys, Rows(isTransposed: false));
            var ofKeys = await suite.MultiplyBlocks(party, rowsShape, ofScores, queries, Rows(isTransposed: true));
            return ofValues with { Value = RowBroadcast.SideBySide(ofQueries.Value, ofKeys.Value, ofValues.Value) };
        });

        Share Part(int index) => x with { Value = x.Value.Columns(index * width, width) };

        // Of each text and head: scores = left · rightᵀ, and rows = scores · right or scoresᵀ · right.
        Block[] Scores() => Blocks((scoreView, rowView) => new(rowView, rowView, scoreView, RightIsTransposed: true));

        Block[] Rows(bool isTransposed) => Blocks((scoreView, rowView) => new(scoreView, rowView, rowView, LeftIsTransposed: isTransposed));

        Block[] Blocks(Func<MatrixView, MatrixView, Block> of) => [.. layout.Blocks.Select(block =>
        {
            var length = pass.Sequences.Lengths[block.Text];
            return of(
                new(block.FirstScore, length, length, length),
                new(pass.Sequences.Start(block.Copy, block.Text) * width + block.Head * layer.ValueWidth, width, length, layer.ValueWidth));
        })];
    }
}
