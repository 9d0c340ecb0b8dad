using System.Text;

namespace MpcActors.Data;

/// <summary>
/// Sentences in the manner of short reviews, made from patterns and word lists of our own: unlabelled text for an attention that is adapted,
/// beside dictionary sentences, which praise and blame too little. None is taken from a task.
/// </summary>
public static class ReviewSentences
{
    // G, B: words of praise and blame. A: either. L, H: verbs of both kinds. N: a thing. P: a person. D: a degree. T: a time. S: another pattern's sentence in small letters.
    static readonly string[] Patterns =
    [
        "The N was G.", "The N was B.", "The N is D A.", "The N and the N were A.", "What a G N!", "What a B N!", "D A N.", "A A N with a A N.", "I L this N.", "I H this N.",
        "I L every N of it.", "My P L the N.", "My P H the N, and so did I.", "We had a D A N T.", "The N was not A at all.", "It is not the most A N, but it is D A.",
        "I have never had such a A N.", "Do not buy this N; it is B.", "If you want a G N, this is it.", "The N came late and was D B.", "The N stopped working after a week.",
        "I would buy this N again.", "I will never go there again.", "I recommend this N to everyone who wants a G N.", "Nobody told us that the N would be so B.",
        "The N was A but the N was A.", "Although the N was A, the N was D A.", "The P who served us was A.", "Our P was A, and the N came quickly.", "They charged us twice for the N.",
        "The price is G for what you get.", "For this price the N should be less B.", "Not worth the money.", "Worth every penny.", "It does what it says.", "It fits well and looks A.",
        "The N broke on the second day.", "I returned the N and got my money back.", "The N of this N is A.", "The N looks A, feels A and works well.", "I was D surprised by the N.",
        "I expected a G N and got a B one.", "The place was D A and the people were A.", "The food was A, the N was A, and the bill was high.", "We waited an hour for the N.",
        "We L the N so much that we came back T.", "The N has a A N and a A N.", "There is nothing A about this N.", "There are better ones for less.", "Both the N and the N are A.",
        "The N is the best part of it.", "The N is the worst part of it.", "The story is A and the N is A.", "The actors are A, the N is A, and the end is D A.", "I fell asleep before the end.",
        "I laughed from the first minute to the last.", "The N makes no sense.", "You can see that the P L what he does.", "A N for the whole family.", "A waste of time.",
        "The N holds a charge for days.", "The N drops calls all the time.", "The sound of the N is A.", "The picture is A even in poor light.", "It is light, A and easy to use.",
        "The N is too small and too A.", "The N does not fit my N.", "It came in a A box, and the N was missing.", "I use this N every day.", "I have had this N for three years without trouble.",
        "How could anyone like such a B N?", "Who would not like such a G N?", "So A!", "Just A.", "D A.", "A, A and A.", "Highly recommended.", "Avoid this N.", "Two stars for the N.", "Ten out of ten.",
        "S and S.", "S, but S.", "S because S.", "S, so S.", "I think that S.", "My P said that S.", "S; still, S.", "At first S, then S.", "Yes, S.", "Sadly, S.", "Happily, S.", "Maybe S.",
    ];

    /// <summary>Sentence <paramref name="index"/> of a seed.</summary>
    public static string Create(ulong seed, ulong index)
    {
        var random = new SplitMix64(seed * 0x9E3779B97F4A7C15 + index);
        var text = Sentence(ref random, 0);
        return char.ToUpperInvariant(text[0]) + text[1..];
    }

    static string Sentence(ref SplitMix64 random, int depth)
    {
        string pattern;
        do pattern = Patterns[random.Below(Patterns.Length)];
        while (depth > 0 && pattern.Contains('S') && HasSlot(pattern, 'S'));
        var text = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            var isSlot = IsSlot(pattern, i) && (pattern[i] != 'A' || i > 0 || pattern.Length > 1);
            text.Append(isSlot ? Fill(ref random, pattern[i], depth) : pattern[i].ToString());
        }

        return text.ToString();
    }

    static string Fill(ref SplitMix64 random, char slot, int depth) => slot switch
    {
        'G' => Pick(ref random, TinyVocabulary.Good),
        'B' => Pick(ref random, TinyVocabulary.Bad),
        'A' => Pick(ref random, random.Below(2) == 0 ? TinyVocabulary.Good : TinyVocabulary.Bad),
        'L' => Pick(ref random, TinyVocabulary.GoodVerbs),
        'H' => Pick(ref random, TinyVocabulary.BadVerbs),
        'N' => Pick(ref random, TinyVocabulary.Nouns),
        'P' => Pick(ref random, TinyVocabulary.People),
        'D' => Pick(ref random, TinyVocabulary.Degrees),
        'T' => Pick(ref random, TinyVocabulary.Times),
        _ => Small(Sentence(ref random, depth + 1)),
    };

    static string Small(string sentence) => (sentence.StartsWith("I ", StringComparison.Ordinal) ? sentence : char.ToLowerInvariant(sentence[0]) + sentence[1..]).TrimEnd('.', '!', '?');

    static bool HasSlot(string pattern, char slot) => Enumerable.Range(0, pattern.Length).Any(i => pattern[i] == slot && IsSlot(pattern, i));

    /// <summary>A capital that stands alone, but for the article "A " and the pronoun "I".</summary>
    static bool IsSlot(string pattern, int at) =>
        "GBALHNPDTS".Contains(pattern[at], StringComparison.Ordinal)
        && (at == 0 || !char.IsLetter(pattern[at - 1])) && (at + 1 == pattern.Length || !char.IsLetter(pattern[at + 1]))
        && !(at == 0 && pattern.StartsWith("A ", StringComparison.Ordinal));

    static string Pick(ref SplitMix64 random, string[] words) => words[random.Below(words.Length)];
}
