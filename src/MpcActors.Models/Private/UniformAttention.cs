using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Models.Private;

/// <summary>Every key weighs the same: the control that tells what a cheap attention adds. The mean is local; only its truncation is a round.</summary>
public sealed class UniformAttention : IAttention
{
    const int InverseBits = 20;

    public async ValueTask<Share> Attend(Party party, ISuite suite, LayerOutline layer, Share queryKeyValue, Sequences from, Sequences to, SharedPrefix? prefix)
    {
        var values = await party.TruncateTo(queryKeyValue);
        if (layer.IsCausal) return await AttendToEarlier(party, values, to, prefix);
        var sums = values.Value.SumRowGroups(from.Starts);
        var texts = to.Copies * to.Texts;
        if (from.Copies != to.Copies) sums = sums.GatherRows([.. Enumerable.Range(0, texts).Select(i => i % to.Texts)]);
        if (prefix is not null)
        {
            int[] promptStarts = [.. Enumerable.Range(0, to.Copies + 1).Select(copy => copy * prefix.Rows)];
            sums += prefix.Values.Value.SumRowGroups(promptStarts).GatherRows([.. Enumerable.Range(0, texts).Select(i => i / to.Texts)]);
        }

        // 1/n is public: n counts the text's rows and the prompt's.
        var inverses = new ulong[texts];
        for (var i = 0; i < texts; i++) inverses[i] = FixedPoint.Encode(1.0 / (to.Lengths[i % to.Texts] + (prefix?.Rows ?? 0)), InverseBits);
        var means = await party.TruncateTo(new Share(sums.ScaleRows(inverses), values.FractionBits + InverseBits));
        var rows = new int[to.Rows];
        for (var i = 0; i < texts; i++) rows.AsSpan(to.Starts[i]..to.Starts[i + 1]).Fill(i);
        return means with { Value = means.Value.GatherRows(rows) };
    }

    /// <summary>Each row is the mean of those up to its own: running sums, local.</summary>
    static async ValueTask<Share> AttendToEarlier(Party party, Share values, Sequences sequences, SharedPrefix? prefix)
    {
        if (prefix is not null) throw new ArgumentException("uniform attention of a causal model takes no prefix: prepend rows instead");
        var inverses = new ulong[sequences.Rows];
        for (var text = 0; text < sequences.Starts.Length - 1; text++)
            for (var row = sequences.Starts[text]; row < sequences.Starts[text + 1]; row++) inverses[row] = FixedPoint.Encode(1.0 / (row - sequences.Starts[text] + 1), InverseBits);
        return await party.TruncateTo(new Share(values.Value.RunningSums(sequences.Starts).ScaleRows(inverses), values.FractionBits + InverseBits));
    }
}
