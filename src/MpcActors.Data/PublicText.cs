namespace MpcActors.Data;

/// <summary>Unlabelled text of several manners, put together from pieces: what an attention is adapted on.</summary>
public static class PublicText
{
    const ulong OrderSeed = 31;
    const int PairsPerHundred = 15, CapitalsPerHundred = 70, EndsPerHundred = 75, ReviewsPerHundred = 35;

    static readonly string[] Joints = [". ", ", and ", ", but ", "; ", " because ", ", so ", "! "];

    /// <summary>
    /// Dictionary sentences in a shuffled order, some with a capital and a stop as texts have them, some joined to the next; and among a hundred
    /// of them <c>35</c> more in the manner of reviews. The same ones for the same seed.
    /// </summary>
    public static IReadOnlyList<string> Compose(IReadOnlyList<string> sentences, ulong seed)
    {
        var random = new SplitMix64(seed + OrderSeed);
        var pieces = random.Shuffle(sentences);
        var result = new List<string>();
        for (var i = 0; i < pieces.Length; i++)
        {
            var text = pieces[i];
            if (random.Below(100) < PairsPerHundred && i + 1 < pieces.Length) text += Joints[random.Below(Joints.Length)] + pieces[++i];
            if (random.Below(100) < CapitalsPerHundred) text = char.ToUpperInvariant(text[0]) + text[1..];
            if (random.Below(100) < EndsPerHundred && char.IsLetterOrDigit(text[^1])) text += random.Below(8) == 0 ? "!" : ".";
            result.Add(text);
            if (random.Below(100) < ReviewsPerHundred) result.Add(ReviewSentences.Create(seed, (ulong)i));
        }

        return result;
    }
}
