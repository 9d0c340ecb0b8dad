namespace MpcActors.Data;

/// <summary>Lower-cases, takes every run of letters for a word and looks it up; any other word is id 0.</summary>
sealed class TinyTokenizer : ITokenizer
{
    static readonly Dictionary<string, int> Ids = TinyVocabulary.All.Select((word, i) => (word, i)).ToDictionary(entry => entry.word, entry => entry.i + 1, StringComparer.Ordinal);

    public int[] Encode(string text)
    {
        var letters = string.Create(text.Length, text, (span, from) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = char.IsLetter(from[i]) ? char.ToLowerInvariant(from[i]) : ' ';
        });
        return [.. letters.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => Ids.GetValueOrDefault(word))];
    }
}
