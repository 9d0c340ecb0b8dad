using System.Globalization;

namespace MpcActors.Data;

/// <summary>What normalisation needs of the Unicode Character Database.</summary>
/// <param name="Classes">Canonical combining classes other than 0.</param>
/// <param name="Decompositions">Full compatibility decompositions; those of Hangul syllables are computed.</param>
/// <param name="Canonical">Full canonical decompositions, likewise.</param>
/// <param name="Composites">Primary composites by their two parts.</param>
sealed record UnicodeTables(
    IReadOnlyDictionary<int, int> Classes, IReadOnlyDictionary<int, int[]> Decompositions, IReadOnlyDictionary<int, int[]> Canonical,
    IReadOnlyDictionary<(int, int), int> Composites)
{
    static readonly Lazy<UnicodeTables> Loaded = new(Load);

    public static UnicodeTables Data => Loaded.Value;

    static UnicodeTables Load()
    {
        Dictionary<int, int> classes = [];
        Dictionary<int, int[]> decompositions = [], canonical = [], pairs = [];
        Dictionary<(int, int), int> composites = [];
        using var reader = new StreamReader(Resource.Open("nfkc.txt"));
        while (reader.ReadLine() is { } line)
        {
            var kind = line[0];
            if (kind == '#')
                continue;
            var fields = line[2..].Split(' ');
            if (kind == 'C')
            {
                for (var point = Hex(fields[1]); point <= Hex(fields[2]); point++)
                    classes.Add(point, int.Parse(fields[0], CultureInfo.InvariantCulture));
            }
            else if (kind == 'D')
                decompositions.Add(Hex(fields[0]), Array.ConvertAll(fields[1..], Hex));
            else if (kind == 'S')
                canonical.Add(Hex(fields[0]), Array.ConvertAll(fields[1..], Hex));
            else
            {
                composites.Add((Hex(fields[0]), Hex(fields[1])), Hex(fields[2]));
                pairs.Add(Hex(fields[2]), [Hex(fields[0]), Hex(fields[1])]);
            }
        }

        foreach (var point in pairs.Keys)
            canonical.Add(point, [.. Full(point)]);
        return new UnicodeTables(classes, decompositions, canonical, composites);

        IEnumerable<int> Full(int point) => pairs.TryGetValue(point, out var pair) ? pair.SelectMany(Full) : [point];
    }

    static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
