using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Models.Private;

/// <summary>Sums of keys and values over the rows of some texts, layer by layer, and how many rows there were: what prompt prefixes start from.</summary>
public sealed record SharedMeans(IReadOnlyList<Share> Keys, IReadOnlyList<Share> Values);

/// <summary>One forward pass of an encoder on shares: a population of prompts times a batch of texts, all in the same rounds.</summary>
public sealed class PrivateForward(ISuite suite, SharedEncoder encoder)
{
    const int InverseBits = Pooling.InverseBits;

    readonly IAttention _attention = Attentions.Of(suite, encoder.Outline.Attention);

    public SharedEncoder Encoder => encoder;

    /// <summary>Mean keys and values of the texts, gathered in the last pass that was asked to.</summary>
    public SharedMeans? Means { get; private set; }

    /// <summary>Logits [copies · texts, classes].</summary>
    /// <param name="rows">[total tokens, input width], 16 fraction bits.</param>
    /// <param name="keepMeans">Keep the mean keys and values of these texts; for a pass without a prompt.</param>
    public async ValueTask<Share> Logits(Party party, Share rows, int[] lengths, SharedPrompt prompt, bool keepMeans = false)
    {
        var (sequences, x) = WithPromptRows(rows, lengths, prompt);
        var (keys, values) = (new List<Share>(), new List<Share>());
        for (var i = 0; i < encoder.Layers.Count; i++)
        {
            var layer = encoder.Layers[i];
            var prefix = prompt.Prefixes?[i];
            var to = prefix is null ? sequences : sequences.WithCopies(prompt.Copies);
            var pooling = i == encoder.Layers.Count - 1 ? new Pooling(to, prompt.RowsOfPrompt) : null;
            (x, var queryKeyValue) = await Layer(party, layer, x, sequences, to, prefix, pooling);
            sequences = to;
            if (!keepMeans) continue;
            var outline = layer.Outline;
            var means = await RowMean(party, queryKeyValue);
            keys.Add(means with { Value = means.Value.Columns(outline.KeysWidth, outline.KeysWidth) });
            values.Add(means with { Value = means.Value.Columns(2 * outline.KeysWidth, outline.ValuesWidth) });
        }

        if (keepMeans) Means = new(keys, values);
        return await Classify(party, x, sequences.Texts, prompt);
    }

    /// <param name="pooling">In the last layer: the mean over a text's rows is taken before the last map, which is linear, so that the map meets texts instead of tokens.</param>
    async ValueTask<(Share Output, Share QueryKeyValue)> Layer(
        Party party, SharedLayer layer, Share x, Sequences from, Sequences to, SharedPrefix? prefix, Pooling? pooling)
    {
        var normal = await suite.Normalize(party, x, layer.Outline.Epsilon);
        var entering = await party.Mask(layer.Residual is null ? [normal] : [normal, x]);
        var queryKeyValue = layer.QueryKeyValue.Apply(party, entering[0]);
        var attended = await party.Mask(await _attention.Attend(party, suite, layer.Outline, queryKeyValue, from, to, prefix));

        // Sums of products are truncated once, at their end.
        var output = layer.AttentionOutput.Apply(party, attended);
        var residual = layer.Residual is null ? x.WithMoreFractionBits(output.FractionBits) : layer.Residual.Apply(party, entering[1]);
        if (from.Copies != to.Copies) residual = residual with { Value = residual.Value.GatherRows(from.RowsFor(to.Copies)) };
        var middle = await party.TruncateTo(output + residual);

        var inner = await party.Mask(await suite.Normalize(party, middle, layer.Outline.Epsilon));
        var active = await suite.Relu(party, layer.FeedForwardIn.Apply(party, inner));
        if (pooling is not null)
        {
            var means = await party.Mask(pooling.Means(active), pooling.Means(middle));
            (active, middle) = (party.Truncate(means[0], Pooling.InverseBits), party.Truncate(means[1], Pooling.InverseBits));
        }

        var outer = layer.FeedForwardOut.Apply(party, await party.Mask(active));
        return (await party.TruncateTo(outer + middle.WithMoreFractionBits(outer.FractionBits)), queryKeyValue);
    }

    /// <summary>tanh of the head, and the cosine with each label: (y · L) / √(y · y).</summary>
    /// <param name="pooled">The mean of each text's rows.</param>
    async ValueTask<Share> Classify(Party party, Share pooled, int texts, SharedPrompt prompt)
    {
        if (prompt.Shift is { } shift)
        {
            int[] copies = [.. Enumerable.Range(0, prompt.Copies * texts)];
            pooled = new Share(pooled.Value.GatherRows([.. copies.Select(i => i % pooled.Shape.Rows)]), pooled.FractionBits)
                + shift with { Value = shift.Value.GatherRows([.. copies.Select(i => i / texts)]) };
        }

        var y = await party.Mask(await suite.Tanh(party, encoder.Head.Apply(party, await party.Mask(pooled))));
        var squares = party.Square(y);
        var inverse = await suite.InverseSquareRoot(party, squares with { Value = squares.Value.SumRows() }, FixedPoint.FractionBits + 4);
        var products = await party.TruncateTo(encoder.Labels.Multiply(party, y));
        var wires = await party.Mask(products, inverse);
        int[] rowOfLogit = [.. Enumerable.Range(0, products.Shape.Count).Select(i => i / products.Shape.Columns)];
        return await party.TruncateTo(party.Multiply(wires[0], wires[1].Gather(rowOfLogit, products.Shape)));
    }

    /// <summary>Rows of the prompt before those of each text, a copy for each prompt.</summary>
    static (Sequences Sequences, Share Rows) WithPromptRows(Share rows, int[] lengths, SharedPrompt prompt)
    {
        var texts = new Sequences(lengths, 1);
        if (prompt.Rows is null) return (texts, rows);
        var longer = new Sequences([.. lengths.Select(length => length + prompt.RowsOfPrompt)], prompt.Copies);
        var both = RowOperations.Concatenate(rows.Value, prompt.Rows.Value).Reshape(new Shape(rows.Shape.Rows + prompt.Rows.Shape.Rows, rows.Shape.Columns));
        var source = new int[longer.Rows];
        for (var copy = 0; copy < prompt.Copies; copy++)
            for (var text = 0; text < lengths.Length; text++)
            {
                var start = longer.Start(copy, text);
                for (var i = 0; i < prompt.RowsOfPrompt; i++) source[start + i] = texts.Rows + copy * prompt.RowsOfPrompt + i;
                for (var i = 0; i < lengths[text]; i++) source[start + prompt.RowsOfPrompt + i] = texts.Start(0, text) + i;
            }

        return (longer, rows with { Value = both.GatherRows(source) });
    }

    /// <summary>The mean over all rows, with <see cref="PromptBits"/> fraction bits.</summary>
    static async ValueTask<Share> RowMean(Party party, Share rows)
    {
        var truncated = await party.TruncateTo(rows);
        var sum = truncated.Value.SumRowGroups([0, rows.Shape.Rows]);
        return new Share(sum * FixedPoint.Encode(1.0 / rows.Shape.Rows, InverseBits), FixedPoint.FractionBits + InverseBits);
    }

    /// <summary>Fraction bits of a prompt before it is truncated: those of its base and of A·z.</summary>
    public const int PromptBits = FixedPoint.FractionBits + InverseBits;
}
