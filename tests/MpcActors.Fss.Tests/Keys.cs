using MpcActors.Ring;

namespace MpcActors.Fss.Tests;

/// <summary>What the tests of keys do over and over.</summary>
static class Keys
{
    public static ulong[] Uniform(ulong seed, int count, int bits = 64)
    {
        var words = new ulong[count];
        new Prg(Seed.FromNumber(seed)).Fill(words, 0);
        for (var i = 0; i < count; i++) words[i] >>= 64 - bits;
        return words;
    }

    /// <summary>f(x) in the clear.</summary>
    public static ulong Clear(KeyForm form, ulong alpha, ulong beta, ulong dual, ulong x) => form.Function == FssFunction.Point
        ? x == alpha ? beta : 0
        : x < alpha ? beta : dual;

    /// <summary>What both shares come to.</summary>
    public static ulong[] Sum(KeyForm form, ulong[] zero, ulong[] one) =>
        [.. zero.Zip(one, (a, b) => form.Payload == FssPayload.Bit ? a ^ b : a + b)];

    public static ulong[] Evaluate(FssKeys zero, FssKeys one, ulong[] points)
    {
        var (a, b) = (new ulong[points.Length], new ulong[points.Length]);
        zero.Evaluate(points, a);
        one.Evaluate(points, b);
        return Sum(zero.Form, a, b);
    }

    /// <summary>Payloads that a form takes: none where it is always 1.</summary>
    public static ulong[] Betas(KeyForm form, ulong seed, int count) => form switch
    {
        { Payload: FssPayload.Word } => Uniform(seed, count),
        { Function: FssFunction.Point } => Uniform(seed, count, 1),
        _ => [],
    };

    public static ulong[]? Duals(KeyForm form, ulong seed, int count) =>
        form is { Payload: FssPayload.Word, Function: FssFunction.Comparison } ? Uniform(seed, count) : null;

    public static ulong[] ClearAll(KeyForm form, ulong[] alphas, ulong[] betas, ulong[]? duals, ulong[] points) =>
        [.. points.Select((x, i) => Clear(form, alphas[i], betas.Length > 0 ? betas[i] : 1, duals?[i] ?? 0, x))];
}
