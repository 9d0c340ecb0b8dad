namespace MpcActors.Data;

/// <summary>
/// A synthetic sentiment task made from templates, for tests and for runs without a network. It says nothing about real text. Some
/// sentences are negated and some say the opposite first, so that counting words does not solve it.
/// </summary>
public static class TinyTask
{
    const int PoolSize = 200, TestSize = 100;
    const ulong Seed = 1;

    /// <summary>200 sentences in the pool and 100 in the test set, all different, classes in equal number.</summary>
    public static TextTask Create()
    {
        var random = new SplitMix64(Seed);
        var texts = new List<LabelledText>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (texts.Count < PoolSize + TestSize)
        {
            var label = texts.Count % 2;
            var text = Sentence(ref random, label);
            if (seen.Add(text))
                texts.Add(new LabelledText(text, label));
        }

        return new TextTask("tiny", ["negative", "positive"], ["This is bad.", "This is good."], texts[..PoolSize], texts[PoolSize..]);
    }

    static string Sentence(ref SplitMix64 random, int label)
    {
        var kind = random.Below(16);
        var noun = Pick(ref random, TinyVocabulary.Nouns);
        var word = Feeling(ref random, label);
        return kind switch
        {
            0 => $"the {noun} was not {Feeling(ref random, 1 - label)}",
            1 or 2 => $"the {noun} was {Feeling(ref random, 1 - label)} but the {Pick(ref random, TinyVocabulary.Nouns)} was {word}",
            3 or 4 => $"the {noun} was {word}",
            5 or 6 => $"a {word} {noun}",
            7 or 8 => $"the {noun} was {Pick(ref random, TinyVocabulary.Degrees)} {word}",
            9 or 10 => $"i {Pick(ref random, label == 1 ? TinyVocabulary.GoodVerbs : TinyVocabulary.BadVerbs)} this {noun}",
            11 or 12 => $"my {Pick(ref random, TinyVocabulary.People)} found the {noun} {word}",
            13 => $"the {noun} was {word} {Pick(ref random, TinyVocabulary.Times)}",
            14 => $"the {noun} was {word} and the {Pick(ref random, TinyVocabulary.Nouns)} was {Feeling(ref random, label)}",
            _ => $"we had a {Pick(ref random, TinyVocabulary.Degrees)} {word} {noun} {Pick(ref random, TinyVocabulary.Times)}",
        };
    }

    static string Feeling(ref SplitMix64 random, int label) => Pick(ref random, label == 1 ? TinyVocabulary.Good : TinyVocabulary.Bad);

    static string Pick(ref SplitMix64 random, string[] words) => words[random.Below(words.Length)];
}
