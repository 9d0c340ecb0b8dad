using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Models.Private;

/// <summary>Prompts from shared latents: p = base + A·z with public A, so that only z is shared and the product is local.</summary>
public sealed class SharedProjection
{
    /// <summary>A's entries are small, so they get the fraction bits that the latents leave.</summary>
    const int MatrixBits = PrivateForward.PromptBits - FixedPoint.FractionBits;

    readonly PackedMatrix _transposed;
    readonly PromptForm _form;
    readonly int _latent;

    public SharedProjection(PromptForm form, PromptProjection? projection, int parameters, int latent)
    {
        (_form, _latent) = (form, latent);
        var shape = new Shape(latent, parameters);
        _transposed = new PackedMatrix(projection is null ? RingTensor.Hollow(shape) : Encode(projection, shape));
    }

    /// <summary>The prompts of latents [copies, latent]; one truncation for all of them: one round.</summary>
    /// <param name="means">What a key/value prefix starts from.</param>
    /// <param name="tokenRows">[rows, input width], what added rows start from.</param>
    public async ValueTask<SharedPrompt> Apply(Party party, EncoderOutline outline, Share latents, SharedMeans? means, Share? tokenRows)
    {
        var copies = latents.Shape.Rows;
        var offsets = new Share(MatrixProduct.Of(latents.Value, _transposed), PrivateForward.PromptBits);
        party.Meter.CountMultiplications((long)copies * _latent * _transposed.Shape.Columns);
        if (_form is PromptForm.KeyValuePrefix) offsets += Base(outline, means ?? throw new ProtocolViolationException("a key/value prefix needs the means of an unprompted pass first"), copies);
        var prompt = await party.TruncateTo(offsets);
        switch (_form)
        {
            case PromptForm.KeyValuePrefix:
                return new(copies, Prefixes(outline, prompt, copies), null, 0, null);
            case PromptForm.InputRows or PromptForm.AddedRows:
                var rows = prompt.Reshape(new Shape(copies * _form.Rows, outline.InputWidth));
                if (_form is PromptForm.AddedRows)
                {
                    var start = tokenRows ?? throw new ProtocolViolationException("added rows need the owner's token rows first");
                    rows += start with { Value = start.Value.GatherRows([.. Enumerable.Range(0, copies * _form.Rows).Select(i => i % _form.Rows)]) };
                }

                return new(copies, null, rows, _form.Rows, null);
            default:
                return new(copies, null, null, 0, prompt);
        }
    }

    /// <summary>The means of keys and values laid out as <see cref="PromptForm.KeyValuePrefix"/> lays out its parameters.</summary>
    Share Base(EncoderOutline outline, SharedMeans means, int copies)
    {
        var parts = new List<RingTensor>();
        for (var i = 0; i < outline.Layers.Length; i++)
            foreach (var mean in (Share[])[means.Keys[i], means.Values[i]])
                for (var row = 0; row < _form.Rows; row++) parts.Add(mean.Value);
        var one = RowOperations.Concatenate([.. parts]);
        return new(one.GatherRows(new int[copies]), PrivateForward.PromptBits);
    }

    SharedPrefix[] Prefixes(EncoderOutline outline, Share prompt, int copies)
    {
        var prefixes = new List<SharedPrefix>();
        var column = 0;
        foreach (var layer in outline.Layers)
            prefixes.Add(new(Take(layer.KeysWidth), Take(layer.ValuesWidth), _form.Rows));
        return [.. prefixes];

        Share Take(int width)
        {
            var part = prompt.Value.Columns(column, _form.Rows * width);
            column += _form.Rows * width;
            return prompt with { Value = part.Reshape(new Shape(copies * _form.Rows, width)) };
        }
    }

    static RingTensor Encode(PromptProjection projection, Shape shape)
    {
        var encoded = RingTensor.Uninitialized(shape);
        var (matrix, target) = (projection.Matrix, encoded.Values);
        Parallelism.For(shape.Rows, latent =>
        {
            for (var parameter = 0; parameter < shape.Columns; parameter++)
                target[latent * shape.Columns + parameter] = FixedPoint.Encode(matrix[parameter * shape.Rows + latent], MatrixBits);
        });
        return encoded;
    }
}
