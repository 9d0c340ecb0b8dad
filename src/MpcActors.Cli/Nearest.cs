namespace MpcActors.Cli;

/// <summary>Finds what somebody may have meant.</summary>
static class Nearest
{
    /// <summary>More edits than this, or than half of the word, and it is another word.</summary>
    const int MostEdits = 3;

    /// <summary>"; did you mean X?", or nothing where nothing is near.</summary>
    public static string Hint(string word, IEnumerable<string> known)
    {
        var best = known
            .Select(name => (Name: name, Edits: Edits(word, name)))
            .OrderBy(candidate => candidate.Edits).ThenByDescending(candidate => Begin(word, candidate.Name)).ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .FirstOrDefault(candidate => candidate.Edits <= MostEdits && 2 * candidate.Edits <= word.TrimStart('-').Length);
        return best.Name is { } name ? $"; did you mean {name}?" : "";
    }

    /// <summary>Letters with which both begin.</summary>
    static int Begin(string left, string right) => left.Zip(right).TakeWhile(pair => pair.First == pair.Second).Count();

    /// <summary>Insertions, deletions and substitutions of one letter that turn one word into the other (Levenshtein), and swaps of neighbours.</summary>
    static int Edits(string from, string to)
    {
        var table = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
            for (var j = 0; j <= to.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    table[i, j] = i + j;
                    continue;
                }

                var differs = from[i - 1] == to[j - 1] ? 0 : 1;
                table[i, j] = Math.Min(Math.Min(table[i - 1, j], table[i, j - 1]) + 1, table[i - 1, j - 1] + differs);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1]) table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }

        return table[from.Length, to.Length];
    }
}
