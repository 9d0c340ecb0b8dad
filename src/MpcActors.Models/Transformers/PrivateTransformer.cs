using MpcActors.Models.Private;
using MpcActors.Protocols;

namespace MpcActors.Models.Transformers;

/// <summary>One forward pass of a transformer on shares: BERT and RoBERTa (norms after the blocks) or GPT-2 (norms before them, causal).</summary>
/// <remarks>
/// The norms' scales and biases are folded away (<see cref="PreparedTransformer"/>), so n below is normalised and nothing else.
/// <para>Norm after: h = γn + Attention(n)·O; n' = norm(h); h' = γ'n' + GELU(n'·In)·Out; n'' = norm(h').</para>
/// <para>Norm before: x' = x + Attention(norm(x))·O; x'' = x' + GELU(norm(x')·In)·Out.</para>
/// </remarks>
public sealed class PrivateTransformer(ISuite suite, SharedTransformer transformer)
{
    readonly TransformerOutline _outline = transformer.Outline;
    readonly IAttention _attention = Attentions.Of(suite, transformer.Outline.Attention);

    /// <summary>Logits [texts, classes] at one row of each text.</summary>
    /// <param name="rows">Embedded tokens [sum of lengths, width], 16 fraction bits.</param>
    /// <param name="answers">The row within each text where its label word is predicted: that of its mask, or its last.</param>
    /// <param name="watch">Is given each layer's output, for a check against the clear; gets shares, so tells nobody anything.</param>
    public async ValueTask<Share> Logits(Party party, Share rows, int[] lengths, int[] answers, Action<int, Share>? watch = null)
    {
        var sequences = new Sequences(lengths, 1);
        var x = rows;
        for (var i = 0; i < _outline.Layers; i++)
        {
            using var scope = party.Meter.Enter($"layer {i}");
            x = await Layer(party, await transformer.Layer(party, i), x, sequences);
            watch?.Invoke(i, x);
        }

        using var head = party.Meter.Enter("head");
        var answerRows = answers.Select((answer, text) => sequences.Starts[text] + answer).ToArray();
        return await Head(party, await transformer.Head(party), x with { Value = x.Value.GatherRows(answerRows) });
    }

    async ValueTask<Share> Layer(Party party, SharedLayerMaps layer, Share x, Sequences sequences)
    {
        var input = _outline.NormFirst ? await Normalize(party, x) : x;
        var entering = await Linear(party, input, layer.QueryKeyValue, layer.InputScale);
        Share attended;
        using (party.Meter.Enter("attention")) attended = await _attention.Attend(party, suite, _outline.Layer, entering[0], sequences, sequences, null);
        var output = (await Linear(party, attended, layer.AttentionOutput))[0];
        var middle = Sum(output, layer.InputScale is null ? x : entering[1]);

        var inner = await Normalize(party, middle);
        var hidden = await Linear(party, inner, layer.FeedForwardIn, layer.MiddleScale);
        Share active;
        using (party.Meter.Enter("gelu")) active = await suite.Gelu(party, hidden[0]);
        var outer = (await Linear(party, active, layer.FeedForwardOut))[0];
        var sum = Sum(outer, layer.MiddleScale is null ? middle : hidden[1]);
        return _outline.NormFirst ? sum : await Normalize(party, sum);
    }

    async ValueTask<Share> Head(Party party, SharedHeadMaps head, Share rows)
    {
        if (_outline.NormFirst) rows = await Normalize(party, rows);
        if (head.Transform is { } transform)
        {
            var hidden = (await Linear(party, rows, transform))[0];
            using (party.Meter.Enter("gelu")) hidden = await suite.Gelu(party, hidden);
            rows = await Normalize(party, hidden);
        }

        return await party.TruncateTo((await Linear(party, rows, head.Labels))[0]);
    }

    async ValueTask<Share[]> Linear(Party party, Share x, params LinearMap?[] maps)
    {
        using var scope = party.Meter.Enter("linear");
        return await suite.Linear(party, x, [.. maps.OfType<LinearMap>()]);
    }

    async ValueTask<Share> Normalize(Party party, Share x)
    {
        using var scope = party.Meter.Enter("layer norm");
        return await suite.Normalize(party, x, _outline.Epsilon);
    }

    /// <summary>With the fraction bits of the finer one: nothing is truncated that the next operation truncates anyway.</summary>
    static Share Sum(Share left, Share right)
    {
        var bits = Math.Max(left.FractionBits, right.FractionBits);
        return left.WithMoreFractionBits(bits) + right.WithMoreFractionBits(bits);
    }
}
