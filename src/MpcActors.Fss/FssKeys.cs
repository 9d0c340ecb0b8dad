using MpcActors.Ring;

namespace MpcActors.Fss;

/// <summary>One party's keys to many secret functions of one form. Neither party's keys alone tell anything of the functions.</summary>
/// <remarks>
/// Keys lie in tiles of 64: of a tile level by level all seed corrections and, where there are, all value corrections, then the
/// leaves word by word. So evaluation reads memory from front to back, and its innermost loop is over keys. The last tile may be
/// narrower. Corrections are the same for both parties, which share the array where they live in one process.
/// </remarks>
public sealed class FssKeys
{
    /// <summary>Enough to keep the AES unit busy, few enough to stay in the first-level cache.</summary>
    internal const int TileKeys = 64;

    /// <summary>A full domain beyond this would not fit the memory.</summary>
    const int LargestFullDomain = 24;

    readonly TreeHashes _hashes;
    readonly ulong[] _roots;
    readonly ulong[] _corrections;

    /// <param name="party">0 or 1, the b of the papers.</param>
    /// <param name="roots">Two words a key, secret to the party.</param>
    /// <param name="corrections">What <see cref="Corrections"/> made for both parties' roots.</param>
    /// <exception cref="ArgumentException">The arrays have not the length that form and number ask for.</exception>
    public FssKeys(KeyForm form, int party, ulong[] roots, ulong[] corrections) : this(TreeHashes.Fastest, form, party, roots, corrections)
    {
    }

    internal FssKeys(TreeHashes hashes, KeyForm form, int party, ulong[] roots, ulong[] corrections)
    {
        if (party is not (0 or 1)) throw new ArgumentOutOfRangeException(nameof(party), party, "a key is party 0's or party 1's");
        if (form.DomainBits == 0) throw new ArgumentException("the form of the keys is not set", nameof(form));
        if (roots.Length % 2 != 0) throw new ArgumentException($"{roots.Length} words are no roots, which have two each", nameof(roots));
        Count = roots.Length / 2;
        if (corrections.Length != (long)Count * form.CorrectionWords)
            throw new ArgumentException($"{Count} keys ({form}) have {(long)Count * form.CorrectionWords} words of corrections, not {corrections.Length}", nameof(corrections));
        (_hashes, Form, Party, _roots, _corrections) = (hashes, form, party, roots, corrections);
    }

    public KeyForm Form { get; }

    public int Party { get; }

    public int Count { get; }

    internal ReadOnlySpan<ulong> Roots => _roots;

    internal ReadOnlySpan<ulong> CorrectionWords => _corrections;

    /// <summary>Both parties' keys.</summary>
    /// <param name="alphas">The secret points, a key each.</param>
    /// <param name="betas">f(α) of point functions, f(x) for x &lt; α of comparisons; none for comparisons of bits, whose payload is 1.</param>
    /// <param name="seed">Where the roots come from. It must not be used for anything else.</param>
    /// <param name="duals">f(x) for x ≥ α of comparisons of words (the dual of BCGGI+21); zero if there are none.</param>
    public static (FssKeys Zero, FssKeys One) Generate(KeyForm form, ulong[] alphas, ulong[] betas, Seed seed, ulong[]? duals = null)
    {
        var (zero, one) = (new ulong[2 * alphas.Length], new ulong[2 * alphas.Length]);
        new Prg(seed.Derive("fss-zero")).Fill(zero, 0);
        new Prg(seed.Derive("fss-one")).Fill(one, 0);
        var corrections = Corrections(form, alphas, betas, zero, one, duals);
        return (new(form, 0, zero, corrections), new(form, 1, one, corrections));
    }

    /// <summary>The corrections that make keys of both parties' uniform roots: what a dealer sends where parties expand their roots from seeds.</summary>
    /// <exception cref="ArgumentException">Numbers differ, an α lies outside the domain, or payloads are given that the form has not.</exception>
    public static ulong[] Corrections(KeyForm form, ulong[] alphas, ulong[] betas, ulong[] zeroRoots, ulong[] oneRoots, ulong[]? duals = null) =>
        CorrectionsBy(TreeHashes.Fastest, form, alphas, betas, zeroRoots, oneRoots, duals);

    internal static ulong[] CorrectionsBy(TreeHashes hashes, KeyForm form, ulong[] alphas, ulong[] betas, ulong[] zeroRoots, ulong[] oneRoots, ulong[]? duals)
    {
        Require(form, alphas, betas, zeroRoots, oneRoots, duals);
        var corrections = WordPool.Take(checked(alphas.Length * form.CorrectionWords));
        var above = duals ?? (form.HasValues ? new ulong[alphas.Length] : []);
        ForTiles(alphas.Length, (start, width) => Correct(hashes, form, alphas, betas, above, zeroRoots, oneRoots, start, width, corrections));
        return corrections;
    }

    /// <summary>The same on the calling thread alone, into an array that is there.</summary>
    internal static void CorrectInto(KeyForm form, ulong[] alphas, ulong[] betas, ulong[] duals, ulong[] zeroRoots, ulong[] oneRoots, ulong[] corrections)
    {
        for (var start = 0; start < alphas.Length; start += TileKeys)
            Correct(TreeHashes.Fastest, form, alphas, betas, duals, zeroRoots, oneRoots, start, Math.Min(TileKeys, alphas.Length - start), corrections);
    }

    static void Correct(
        TreeHashes hashes, KeyForm form, ulong[] alphas, ulong[] betas, ulong[] duals, ulong[] zeroRoots, ulong[] oneRoots, int start, int width, ulong[] corrections) =>
        KeyGeneration.Generate(
            hashes, form, alphas.AsSpan(start, width), Part(betas, start, width), Part(duals, start, width),
            zeroRoots.AsSpan(2 * start, 2 * width), oneRoots.AsSpan(2 * start, 2 * width),
            corrections.AsSpan(start * form.CorrectionWords, width * form.CorrectionWords));

    /// <summary>A tile's part, or nothing of nothing.</summary>
    static ReadOnlySpan<ulong> Part(ulong[] values, int start, int width) => values.Length == 0 ? [] : values.AsSpan(start, width);

    /// <summary>Writes this party's share of f_j(<paramref name="points"/>[j]) for each key j: a word, or one bit in a word. Points count by their low bits.</summary>
    public void Evaluate(ulong[] points, ulong[] result)
    {
        if (points.Length != Count || result.Length != Count)
            throw new ArgumentException($"{Count} keys have {Count} points and results, not {points.Length} and {result.Length}");
        ForTiles(Count, (start, width) => Evaluate(start, width, points.AsSpan(start, width), result.AsSpan(start, width)));
    }

    /// <summary>The same on the calling thread alone.</summary>
    public void Evaluate(ReadOnlySpan<ulong> points, Span<ulong> result)
    {
        if (points.Length != Count || result.Length != Count)
            throw new ArgumentException($"{Count} keys have {Count} points and results, not {points.Length} and {result.Length}");
        for (var start = 0; start < Count; start += TileKeys)
        {
            var width = Math.Min(TileKeys, Count - start);
            Evaluate(start, width, points.Slice(start, width), result.Slice(start, width));
        }
    }

    /// <summary>Writes this party's share of f_j(x) to <paramref name="result"/>[j·2^n + x] for each key j and each x of the domain of n bits.</summary>
    public void EvaluateAll(ulong[] result)
    {
        var size = FullDomain();
        if (result.Length != (long)Count * size) throw new ArgumentException($"{Count} keys over {size} points give {(long)Count * size} results, not {result.Length}");
        Parallelism.For(Count, key => EvaluateAll(key, result.AsSpan(key * size, size)));
    }

    /// <summary>The same for one key, on the calling thread.</summary>
    public void EvaluateAll(int key, Span<ulong> result)
    {
        if (result.Length != FullDomain()) throw new ArgumentException($"a key over {FullDomain()} points gives as many results, not {result.Length}");
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)key, (uint)Count, nameof(key));
        var start = key / TileKeys * TileKeys;
        var width = Math.Min(TileKeys, Count - start);
        FullDomainEvaluation.Evaluate(_hashes, Form, Party, _roots.AsSpan(2 * key, 2), TileCorrections(start, width), key - start, width, result);
    }

    public override string ToString() => $"{Count} keys of party {Party}: {Form}";

    int FullDomain() => Form.DomainBits <= LargestFullDomain
        ? 1 << Form.DomainBits
        : throw new InvalidOperationException($"a domain of {Form.DomainBits} bits is too large to evaluate in full; {LargestFullDomain} are not");

    void Evaluate(int start, int width, ReadOnlySpan<ulong> points, Span<ulong> result) =>
        KeyEvaluation.Evaluate(_hashes, Form, Party, _roots.AsSpan(2 * start, 2 * width), TileCorrections(start, width), points, result);

    ReadOnlySpan<ulong> TileCorrections(int start, int width) => _corrections.AsSpan(start * Form.CorrectionWords, width * Form.CorrectionWords);

    static void ForTiles(int count, Action<int, int> body) => Parallelism.ForChunks(count, body, TileKeys);

    static void Require(KeyForm form, ulong[] alphas, ulong[] betas, ulong[] zeroRoots, ulong[] oneRoots, ulong[]? duals)
    {
        if (form.DomainBits == 0) throw new ArgumentException("the form of the keys is not set", nameof(form));
        var isBitComparison = form is { Function: FssFunction.Comparison, Payload: FssPayload.Bit };
        if (betas.Length != (isBitComparison ? 0 : alphas.Length))
            throw new ArgumentException(isBitComparison ? "comparisons of bits have the payload 1 and take no other" : $"{alphas.Length} points have as many payloads, not {betas.Length}", nameof(betas));
        if (duals is not null && (!form.HasValues || duals.Length != alphas.Length))
            throw new ArgumentException(form.HasValues ? $"{alphas.Length} points have as many duals, not {duals.Length}" : $"no dual payload in a {form}", nameof(duals));
        if (zeroRoots.Length != 2 * alphas.Length || oneRoots.Length != 2 * alphas.Length)
            throw new ArgumentException($"{alphas.Length} keys have {2 * alphas.Length} words of roots at each party, not {zeroRoots.Length} and {oneRoots.Length}");
        foreach (var alpha in alphas)
            if (alpha > form.LastPoint) throw new ArgumentException($"a point lies outside a domain of {form.DomainBits} bits", nameof(alphas));
        if (form.Payload == FssPayload.Bit && Array.Exists(betas, beta => beta > 1)) throw new ArgumentException("a payload of one bit is 0 or 1", nameof(betas));
    }
}
