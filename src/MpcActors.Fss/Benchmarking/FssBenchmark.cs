using MpcActors.Ring;
using MpcActors.Ring.Benchmarking;

namespace MpcActors.Fss.Benchmarking;

/// <summary>Comparisons on a domain of <paramref name="Bits"/> bits, on one core with keys in the second-level cache.</summary>
/// <param name="GenerationsPerSecond">Of pairs of keys.</param>
public sealed record ComparisonKeyRate(int Bits, int PayloadBits, double EvaluationsPerSecond, double GenerationsPerSecond, int KeyBytes);

/// <summary>Measures key generation and evaluation: the best of many calls, as others may use the machine.</summary>
public static class FssBenchmark
{
    /// <summary>A hundred kilobytes of keys at most.</summary>
    const int Keys = 64;

    /// <summary>Calls between two looks at the clock.</summary>
    const int Repeats = 32;

    static readonly int[] _domains = [16, 32, 64];

    public static IReadOnlyList<ComparisonKeyRate> Comparisons(FssPayload payload, TimeSpan each) =>
        [.. _domains.Select(bits => Measure(KeyForm.Comparison(bits, payload), each))];

    static ComparisonKeyRate Measure(KeyForm form, TimeSpan each)
    {
        var (alphas, points, result) = (Uniform(1, Keys), Uniform(2, Keys), new ulong[Keys]);
        for (var i = 0; i < Keys; i++) alphas[i] >>= 64 - form.DomainBits;
        var betas = form.Payload == FssPayload.Bit ? [] : points;
        var duals = form.HasValues ? result : [];
        var (zero, one) = (Uniform(3, 2 * Keys), Uniform(4, 2 * Keys));
        var corrections = FssKeys.Corrections(form, alphas, betas, zero, one);
        var keys = new FssKeys(form, 0, zero, corrections);

        var evaluation = Best(each, () => keys.Evaluate(points.AsSpan(), result.AsSpan()));
        var generation = Best(each, () => FssKeys.CorrectInto(form, alphas, betas, duals, zero, one, corrections));
        return new(form.DomainBits, (int)form.Payload, evaluation, generation, form.KeyBits / 8);
    }

    static double Best(TimeSpan each, Action action) => (double)Keys * Repeats / ProcessorTime.BestOnThread(each, () =>
    {
        for (var i = 0; i < Repeats; i++) action();
    }).TotalSeconds;

    static ulong[] Uniform(ulong seed, int count)
    {
        var words = new ulong[count];
        new Prg(Seed.FromNumber(seed)).Fill(words, 0);
        return words;
    }
}
