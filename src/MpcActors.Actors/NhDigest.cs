using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using MpcActors.Ring;

namespace MpcActors.Actors;

/// <summary>NH, the universal hash of UMAC (Black, Halevi, Krawczyk, Krovetz, Rogaway, CRYPTO '99): 2048 bytes to 16, as fast as memory is read.</summary>
/// <remarks>
/// <para>A block's words m₀ m₁ … of 32 bits, under a key k₀ k₁ …, become Σ (m₂ᵢ + k₂ᵢ)(m₂ᵢ₊₁ + k₂ᵢ₊₁), sums of words modulo 2^32, the whole modulo 2^64.</para>
/// Two such sums, the second with the key moved on by one vector (Toeplitz), make two different blocks of one length agree with
/// probability 2^-64. It is no tag itself: <see cref="FrameSeal"/> makes one of it.
/// </remarks>
internal sealed class NhDigest
{
    public const int BlockBytes = 2048;
    public const int DigestBytes = 2 * sizeof(ulong);
    const int VectorBytes = 64;
    const int Vectors = BlockBytes / VectorBytes;

    readonly Vector512<uint>[] _key = new Vector512<uint>[Vectors + 1];

    public NhDigest(Seed key)
    {
        var words = new ulong[_key.Length * VectorBytes / sizeof(ulong)];
        new Prg(key).Fill(words, 0);
        MemoryMarshal.Cast<ulong, Vector512<uint>>(words).CopyTo(_key);
    }

    public static int LengthOf(int payloadBytes) => (int)(((long)payloadBytes + BlockBytes - 1) / BlockBytes) * DigestBytes;

    /// <summary>Writes <see cref="DigestBytes"/> for each block; the last may be short, and is filled up with zeros: who compares digests compares lengths.</summary>
    public void Write(ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        var digest = MemoryMarshal.Cast<byte, ulong>(destination);
        for (var block = 0; !payload.IsEmpty; block += 2)
        {
            var length = Math.Min(payload.Length, BlockBytes);
            (digest[block], digest[block + 1]) = Block(payload[..length]);
            payload = payload[length..];
        }
    }

    (ulong First, ulong Second) Block(ReadOnlySpan<byte> block)
    {
        var whole = MemoryMarshal.Cast<byte, Vector512<uint>>(block);
        var key = _key.AsSpan(0, Vectors + 1);
        var (first, second) = (Vector512<ulong>.Zero, Vector512<ulong>.Zero);
        var i = 0;
        for (; i < whole.Length; i++)
        {
            first += Product(whole[i] + key[i]);
            second += Product(whole[i] + key[i + 1]);
        }

        var rest = block[(i * VectorBytes)..];
        if (!rest.IsEmpty)
        {
            Span<byte> padded = stackalloc byte[VectorBytes];
            padded.Clear();
            rest.CopyTo(padded);
            var last = Vector512.Create<byte>(padded).AsUInt32();
            first += Product(last + key[i]);
            second += Product(last + key[i + 1]);
        }

        return (Vector512.Sum(first), Vector512.Sum(second));
    }

    /// <summary>The product of the two words of each 64 bits.</summary>
    static Vector512<ulong> Product(Vector512<uint> words)
    {
        var upper = words.AsUInt64() >>> 32;
        if (Avx512F.IsSupported) return Avx512F.Multiply(words, upper.AsUInt32());
        return Avx2.IsSupported
            ? Vector512.Create(Avx2.Multiply(words.GetLower(), upper.GetLower().AsUInt32()), Avx2.Multiply(words.GetUpper(), upper.GetUpper().AsUInt32()))
            : (words.AsUInt64() & Vector512.Create<ulong>(uint.MaxValue)) * upper;
    }
}
