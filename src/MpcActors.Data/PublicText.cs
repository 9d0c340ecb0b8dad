namespace MpcActors.Data;

/// <summary>Unlabelled text of several manners, put together from pieces: what an attention is adapted on.</summary>
public static class PublicText
{
    const ulong OrderSeed = 31;
    const int ReviewsPerHundred = 28, SecondsPerHundred = 45, ThirdsPerHundred = 12, CapitalsPerHundred = 75, EndsPerHundred = 80;

    static readonly string[] Joints = [". ", ". ", ", and ", ", but ", "; ", " because ", ", so ", "! "];

    /// <summary>
    /// Dictionary sentences in a shuffled order and sentences in the manner of reviews, one to three of them a text, most with a capital and a
    /// stop as texts have them. A text that is longer than one sentence teaches more attention. The same ones for the same seed.
    /// </summary>
    public static IReadOnlyList<string> Compose(IReadOnlyList<string> sentences, ulong seed)
    {
        var random = new SplitMix64(seed + OrderSeed);
        var pieces = random.Shuffle(sentences);
        var result = new List<string>();
        for (var next = 0; next < pieces.Length;)
        {
            var text = Piece(ref random, ref next);
            var draw = random.Below(100);
            var more = draw < ThirdsPerHundred ? 2 : draw < SecondsPerHundred ? 1 : 0;
            for (var i = 0; i < more && next < pieces.Length; i++)
            {
                var joint = Joints[random.Below(Joints.Length)];
                var piece = Piece(ref random, ref next);
                text = text.TrimEnd('.', '!') + joint + (joint[0] is '.' or '!' ? piece : Small(piece));
            }

            if (random.Below(100) < CapitalsPerHundred) text = char.ToUpperInvariant(text[0]) + text[1..];
            if (random.Below(100) < EndsPerHundred && char.IsLetterOrDigit(text[^1])) text += random.Below(8) == 0 ? "!" : ".";
            result.Add(text);
        }

        return result;

        string Piece(ref SplitMix64 random, ref int next) =>
            random.Below(100) < ReviewsPerHundred ? ReviewSentences.Create(seed, random.Next()) : pieces[next++];
    }

    static string Small(string text) => text.StartsWith("I ", StringComparison.Ordinal) ? text : char.ToLowerInvariant(text[0]) + text[1..];
}
