namespace MpcActors.Fss;

/// <summary>Which functions a key can share.</summary>
public enum FssFunction : byte
{
    /// <summary>A distributed point function: β at α and zero elsewhere.</summary>
    Point = 1,

    /// <summary>A distributed comparison function: one value below α, another from α on.</summary>
    Comparison = 2,
}

/// <summary>What a key's shares add up to.</summary>
public enum FssPayload : byte
{
    /// <summary>A bit: shares are exclusive-ored.</summary>
    Bit = 1,

    /// <summary>A word of Z_2^64: shares are added.</summary>
    Word = 64,
}

/// <summary>What is public of a key: the kind of function, the bits of its domain, its payload; and so its size.</summary>
/// <remarks>
/// <para>
/// A key is a root seed of 128 bits and correction words that are the same for both parties. A level of the tree takes one
/// seed correction of 128 bits (the correlated tree of Guo, Yang, Wang, Zhang, Xie, Liu, Zhao, "Half-Tree", EUROCRYPT 2023,
/// needs no bits beside it), and a comparison with words one value correction of 64 bits more (Boyle, Chandran, Gilboa,
/// Gupta, Ishai, Kumar, Rathee, EUROCRYPT 2021, figure 1).
/// </para>
/// <para>
/// The tree ends early (Boyle, Gilboa, Ishai, CCS 2016, section 3.2.3): a leaf holds 128 bits, or four words,
/// which makes the key smallest, or a comparison's eight, 8 bytes above the smallest for two hashes less. A comparison of bits has no values at all: its payload is one, and the bits of left
/// siblings on the way add up to it (Storrier, Vadapalli, Lyons, Henry, "Grotto", CCS 2023).
/// </para>
/// </remarks>
public readonly record struct KeyForm
{
    /// <exception cref="ArgumentOutOfRangeException">The domain is not of 1 to 64 bits, or the function or payload is none.</exception>
    public KeyForm(FssFunction function, int domainBits, FssPayload payload)
    {
        if (domainBits is < 1 or > 64) throw new ArgumentOutOfRangeException(nameof(domainBits), domainBits, "a domain has 1 to 64 bits");
        if (function is not (FssFunction.Point or FssFunction.Comparison)) throw new ArgumentOutOfRangeException(nameof(function), function, "a key shares a point function or a comparison");
        if (payload is not (FssPayload.Bit or FssPayload.Word)) throw new ArgumentOutOfRangeException(nameof(payload), payload, "a payload is a bit or a word");
        (Function, DomainBits, Payload) = (function, domainBits, payload);
    }

    public FssFunction Function { get; }

    public int DomainBits { get; }

    public FssPayload Payload { get; }

    public static KeyForm Point(int domainBits, FssPayload payload = FssPayload.Word) => new(FssFunction.Point, domainBits, payload);

    public static KeyForm Comparison(int domainBits, FssPayload payload = FssPayload.Word) => new(FssFunction.Comparison, domainBits, payload);

    /// <summary>A key as one party holds it: its root and the corrections.</summary>
    public int KeyBits => 128 + CorrectionBits;

    /// <summary>What must be sent of a key where each party expands its root from a seed of its own.</summary>
    public int CorrectionBits => 64 * CorrectionWords;

    /// <summary>The last bits of a point, which choose within a leaf.</summary>
    internal int LeafBits => Math.Min(DomainBits, Payload == FssPayload.Bit ? 7 : HasValues ? 3 : 2);

    internal int Levels => DomainBits - LeafBits;

    internal bool HasValues => Function == FssFunction.Comparison && Payload == FssPayload.Word;

    internal int LevelWords => HasValues ? 3 : 2;

    internal int LeafWords => Payload == FssPayload.Bit ? 2 : 1 << LeafBits;

    internal int CorrectionWords => Levels * LevelWords + LeafWords;

    internal ulong LastPoint => ulong.MaxValue >> (64 - DomainBits);

    public override string ToString() => $"{Function} over {DomainBits} bits with a {Payload} payload".ToLowerInvariant();
}
