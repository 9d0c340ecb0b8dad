using MpcActors.Models.Private;
using MpcActors.Protocols;
using MpcActors.Protocols.Training;
using MpcActors.Ring;

namespace MpcActors.Models.Transformers.Training;

/// <summary>The rows where label words are predicted; all others get a gradient of zero. Local.</summary>
public sealed class AnswerRows : ILayer
{
    public ValueTask<Traced> Forward(PassContext pass, Share x) => ValueTask.FromResult(new Traced(
        x with { Value = x.Value.GatherRows(pass.Answers) },
        gradient => ValueTask.FromResult(gradient with { Value = RowScatter.Spread(gradient.Value, pass.Answers, x.Shape) })));
}

static class RowScatter
{
    /// <summary>A tensor of zeros but for these rows.</summary>
    /// <param name="to">Of each row its place there.</param>
    public static RingTensor Spread(RingTensor rows, int[] to, Shape shape)
    {
        if (rows.IsHollow) return RingTensor.Hollow(shape);
        var result = RingTensor.Zeros(shape);
        for (var i = 0; i < to.Length; i++) rows.Span.Slice(i * shape.Columns, shape.Columns).CopyTo(result.Span[(to[i] * shape.Columns)..]);
        return result;
    }
}

/// <summary>A prompt's rows before those of each text. Back: the sum of the texts' gradients by them. Local.</summary>
/// <param name="prompt">[rows, width].</param>
public sealed class PromptLayer(Parameter prompt) : ILayer
{
    /// <param name="x">The texts' own rows, without those that the prompt has in the pass's sequences.</param>
    public async ValueTask<Traced> Forward(PassContext pass, Share x)
    {
        var (sequences, count, width) = (pass.Sequences, prompt.Shape.Rows, prompt.Shape.Columns);
        var own = prompt.Value.FractionBits > x.FractionBits ? await pass.Suite.Scale(pass.Party, prompt.Value, 1, x.FractionBits) : prompt.Value.WithMoreFractionBits(x.FractionBits);
        var both = new RingTensor[2 * sequences.Texts];
        for (int text = 0, start = 0; text < sequences.Texts; start += sequences.Lengths[text++] - count)
            (both[2 * text], both[2 * text + 1]) = (own.Value, x.Value.Slice(start * width, new Shape(sequences.Lengths[text] - count, width)));
        var rows = RowOperations.Concatenate(both).Reshape(new Shape(sequences.Rows, width));
        return new(x with { Value = rows }, async gradient =>
        {
            var sum = RingTensor.Zeros(prompt.Shape);
            for (var text = 0; text < sequences.Texts; text++) sum += gradient.Value.Slice(sequences.Starts[text] * width, prompt.Shape);
            prompt.Accumulate(await pass.Suite.Scale(pass.Party, gradient with { Value = sum }, 1, FixedPoint.FractionBits));
            return gradient with { Value = OfTexts(gradient.Value, sequences, count, x.Shape) };
        });
    }

    static RingTensor OfTexts(RingTensor rows, Sequences sequences, int count, Shape shape)
    {
        var texts = Enumerable.Range(0, sequences.Texts).Select(text =>
            rows.Slice((sequences.Starts[text] + count) * shape.Columns, new Shape(sequences.Lengths[text] - count, shape.Columns)));
        return RowOperations.Concatenate([.. texts]).Reshape(shape);
    }
}
