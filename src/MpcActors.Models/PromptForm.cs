namespace MpcActors.Models;

/// <summary>Where a prompt enters the encoder, and how its parameters (one flat vector, linear in the latent z) are laid out.</summary>
public abstract record PromptForm
{
    private PromptForm(int rows) => Rows = rows > 0 ? rows : throw new ArgumentException($"a prompt has at least one row, not {rows}", nameof(rows));

    /// <summary>Prompt rows: keys and values per layer, or rows before the input.</summary>
    public int Rows { get; }

    /// <summary>Numbers in this prompt of that encoder: the length of A z.</summary>
    public abstract int ParameterCount(Encoder encoder);

    /// <summary>
    /// Extra keys and values in every layer, shared by all texts: mean key and mean value of the training texts + A z.
    /// Layout: for each layer keys [Rows, Heads·KeyWidth] (phases under random features), then values [Rows, Heads·ValueWidth].
    /// </summary>
    public sealed record KeyValuePrefix(int Rows) : PromptForm(Rows)
    {
        public override int ParameterCount(Encoder encoder) => KeyOffset(encoder, encoder.Layers.Count);

        /// <summary>Where a layer's keys begin.</summary>
        public int KeyOffset(Encoder encoder, int layer) =>
            encoder.Layers.Take(layer).Sum(earlier => Rows * (earlier.KeysWidth + earlier.ValuesWidth));

        /// <summary>Where a layer's values begin.</summary>
        public int ValueOffset(Encoder encoder, int layer) => KeyOffset(encoder, layer) + Rows * encoder.Layers[layer].KeysWidth;
    }

    /// <summary>Rows = A z [Rows, InputWidth] before the rows of each text; they do not enter the mean over the text.</summary>
    public sealed record InputRows(int Rows) : PromptForm(Rows)
    {
        public override int ParameterCount(Encoder encoder) => Rows * encoder.InputWidth;
    }

    /// <summary>The rows of ordinary tokens, chosen by the owner, + A z [Rows, InputWidth], before the rows of each text; they do not enter the mean.</summary>
    public sealed record AddedRows(int Rows) : PromptForm(Rows)
    {
        public override int ParameterCount(Encoder encoder) => Rows * encoder.InputWidth;
    }

    /// <summary>A z [Width], added to the mean over the rows of each text before the head.</summary>
    public sealed record Shift() : PromptForm(1)
    {
        public override int ParameterCount(Encoder encoder) => encoder.Width;
    }
}
