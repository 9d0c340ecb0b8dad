namespace MpcActors.Models.Private;

/// <summary>How the rows of a tensor belong to texts: copy after copy of the same texts, a copy for each prompt; no padding anywhere.</summary>
/// <remarks>Lengths are public, as the shapes of everything are.</remarks>
public sealed class Sequences
{
    (LayerOutline Layer, int Prefix, AttentionLayout Layout)? _layout;

    public Sequences(int[] lengths, int copies)
    {
        (Lengths, Copies) = (lengths, copies);
        Starts = new int[lengths.Length * copies + 1];
        for (var i = 0; i < lengths.Length * copies; i++) Starts[i + 1] = checked(Starts[i] + lengths[i % lengths.Length]);
        RowsOfCopy = Starts[lengths.Length];
    }

    public int[] Lengths { get; }

    public int Copies { get; }

    public int Texts => Lengths.Length;

    /// <summary>Sequence (copy, text) has the rows Starts[copy · Texts + text] up to the next start.</summary>
    public int[] Starts { get; }

    public int RowsOfCopy { get; }

    public int Rows => Starts[^1];

    public Sequences WithCopies(int copies) => copies == Copies ? this : new(Lengths, copies);

    /// <summary>First row of a text in a copy; a layout of one copy serves all.</summary>
    public int Start(int copy, int text) => Starts[(Copies == 1 ? 0 : copy * Texts) + text];

    /// <summary>For each row under <paramref name="copies"/> copies, its row here.</summary>
    public int[] RowsFor(int copies)
    {
        var rows = new int[copies * RowsOfCopy];
        for (var i = 0; i < rows.Length; i++) rows[i] = Copies == 1 ? i % RowsOfCopy : i;
        return rows;
    }

    /// <summary>Where attention's numbers lie; the same for all layers of a kind, and made once.</summary>
    internal AttentionLayout LayoutFor(LayerOutline layer, int prefixRows)
    {
        if (_layout is not { } last || last.Layer != layer || last.Prefix != prefixRows) _layout = last = (layer, prefixRows, new AttentionLayout(layer, this, prefixRows));
        return last.Layout;
    }
}
