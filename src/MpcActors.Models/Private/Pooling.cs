using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Models.Private;

/// <summary>The mean over the rows of each text, those of a prompt apart. Local, since how many rows there are is public.</summary>
public sealed class Pooling
{
    /// <summary>Fraction bits of public 1/n.</summary>
    public const int InverseBits = 24;

    readonly int[]? _ownRows;
    readonly int[] _groups;
    readonly ulong[] _inverses;

    public Pooling(Sequences sequences, int rowsOfPrompt)
    {
        var texts = sequences.Starts.Length - 1;
        var own = new List<int>();
        (_groups, _inverses) = (new int[texts + 1], new ulong[texts]);
        for (var i = 0; i < texts; i++)
        {
            for (var row = sequences.Starts[i] + rowsOfPrompt; row < sequences.Starts[i + 1]; row++) own.Add(row);
            _groups[i + 1] = own.Count;
            _inverses[i] = FixedPoint.Encode(1.0 / (_groups[i + 1] - _groups[i]), InverseBits);
        }

        if (rowsOfPrompt > 0) _ownRows = [.. own];
    }

    /// <summary>A row for each text, with <see cref="InverseBits"/> more fraction bits.</summary>
    public Share Means(Share rows)
    {
        var own = _ownRows is null ? rows.Value : rows.Value.GatherRows(_ownRows);
        return new(own.SumRowGroups(_groups).ScaleRows(_inverses), rows.FractionBits + InverseBits);
    }
}
