using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using MpcActors.Ring;
using AesX86 = System.Runtime.Intrinsics.X86.Aes;

namespace MpcActors.Fss;

/// <summary>H(x) = π(σ(x)) ⊕ σ(x), where π is AES-128 under a fixed public key and σ(x_L ‖ x_R) = (x_L ⊕ x_R) ‖ x_L.</summary>
/// <remarks>
/// Guo, Katz, Wang, Yu, "Efficient and Secure Multiparty Computation from Fixed-Key Block Ciphers", IEEE S&amp;P 2020, section
/// 7.3: with σ a linear orthomorphism, H is circular correlation robust when π is modelled as a random permutation. That is what
/// a tree needs whose seeds on the path differ by one secret Δ; without σ, π(x) ⊕ x is correlation robust only.
/// Each use has a permutation of its own, whose key is the first half of the SHA-256 of its name.
/// </remarks>
sealed class FixedKeyHash
{
    public const int Lanes = 8;

    readonly byte[] _key;
    readonly Vector128<byte>[] _roundKeys;
    readonly bool _inHardware;

    public FixedKeyHash(string name, bool inHardware = true) : this(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(name)).AsSpan(0, Seed.Bytes), inHardware)
    {
    }

    internal FixedKeyHash(ReadOnlySpan<byte> key, bool inHardware)
    {
        _key = key.ToArray();
        _inHardware = inHardware && AesX86.IsSupported;
        _roundKeys = AesKeySchedule.Expand(_key);
    }

    /// <summary>Hashes each block of <paramref name="source"/>; the spans may be the same.</summary>
    public void Apply(ReadOnlySpan<Vector128<byte>> source, Span<Vector128<byte>> destination)
    {
        if (_inHardware) ApplyInHardware(source, destination[..source.Length]);
        else ApplyByPlatform(source, destination[..source.Length]);
    }

    /// <summary>The same with a second hash of the same blocks, which shares σ. No span may be another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply(ReadOnlySpan<Vector128<byte>> source, Span<Vector128<byte>> destination, FixedKeyHash other, Span<Vector128<byte>> otherDestination)
    {
        var eights = _inHardware && other._inHardware ? source.Length & -Lanes : 0;
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(destination[..source.Length]);
        ref var otherTo = ref MemoryMarshal.GetReference(otherDestination[..source.Length]);
        ref var k = ref MemoryMarshal.GetArrayDataReference(_roundKeys);
        ref var otherK = ref MemoryMarshal.GetArrayDataReference(other._roundKeys);
        for (var i = 0; i < eights; i += Lanes)
        {
            var sigma = new Eight(ref Unsafe.Add(ref from, i));
            sigma.Hash(ref k, ref Unsafe.Add(ref to, i));
            sigma.Hash(ref otherK, ref Unsafe.Add(ref otherTo, i));
        }

        if (eights == source.Length) return;
        Apply(source[eights..], destination[eights..]);
        other.Apply(source[eights..], otherDestination[eights..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<byte> Sigma(Vector128<byte> x)
    {
        // The low word is x_R: it becomes x_L, and the high word x_L ⊕ x_R.
        var words = x.AsUInt64();
        return (Vector128.Shuffle(words, Vector128.Create(1UL, 0UL)) ^ (words & Vector128.Create(0UL, ulong.MaxValue))).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void ApplyInHardware(ReadOnlySpan<Vector128<byte>> source, Span<Vector128<byte>> destination)
    {
        ref var k = ref MemoryMarshal.GetArrayDataReference(_roundKeys);
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(destination);
        var i = 0;

        for (; i + Lanes <= source.Length; i += Lanes) new Eight(ref Unsafe.Add(ref from, i)).Hash(ref k, ref Unsafe.Add(ref to, i));
        for (; i < source.Length; i++)
        {
            var s = Sigma(Unsafe.Add(ref from, i));
            var x = s ^ k;
            for (var round = 1; round < 10; round++) x = AesX86.Encrypt(x, Unsafe.Add(ref k, round));
            Unsafe.Add(ref to, i) = AesX86.EncryptLast(x, Unsafe.Add(ref k, 10) ^ s);
        }
    }

    void ApplyByPlatform(ReadOnlySpan<Vector128<byte>> source, Span<Vector128<byte>> destination)
    {
        var sigma = new Vector128<byte>[source.Length];
        for (var i = 0; i < source.Length; i++) sigma[i] = Sigma(source[i]);
        using var aes = Aes.Create();
        aes.Key = _key;
        aes.EncryptEcb(MemoryMarshal.AsBytes(sigma.AsSpan()), MemoryMarshal.AsBytes(destination), PaddingMode.None);
        for (var i = 0; i < source.Length; i++) destination[i] ^= sigma[i];
    }

    /// <summary>σ of eight blocks. So many at once hide the latency of the AES instruction.</summary>
    readonly ref struct Eight
    {
        readonly Vector128<byte> _0, _1, _2, _3, _4, _5, _6, _7;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Eight(ref Vector128<byte> x)
        {
            _0 = Sigma(x);
            _1 = Sigma(Unsafe.Add(ref x, 1));
            _2 = Sigma(Unsafe.Add(ref x, 2));
            _3 = Sigma(Unsafe.Add(ref x, 3));
            _4 = Sigma(Unsafe.Add(ref x, 4));
            _5 = Sigma(Unsafe.Add(ref x, 5));
            _6 = Sigma(Unsafe.Add(ref x, 6));
            _7 = Sigma(Unsafe.Add(ref x, 7));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Hash(ref Vector128<byte> k, ref Vector128<byte> y)
        {
            var (a, b, c, d, e, f, g, h) = (_0 ^ k, _1 ^ k, _2 ^ k, _3 ^ k, _4 ^ k, _5 ^ k, _6 ^ k, _7 ^ k);
            for (var round = 1; round < 10; round++)
            {
                var key = Unsafe.Add(ref k, round);
                a = AesX86.Encrypt(a, key); b = AesX86.Encrypt(b, key); c = AesX86.Encrypt(c, key); d = AesX86.Encrypt(d, key);
                e = AesX86.Encrypt(e, key); f = AesX86.Encrypt(f, key); g = AesX86.Encrypt(g, key); h = AesX86.Encrypt(h, key);
            }

            // The last round adds its key at the end, so the feed-forward can go with it.
            var last = Unsafe.Add(ref k, 10);
            y = AesX86.EncryptLast(a, last ^ _0);
            Unsafe.Add(ref y, 1) = AesX86.EncryptLast(b, last ^ _1);
            Unsafe.Add(ref y, 2) = AesX86.EncryptLast(c, last ^ _2);
            Unsafe.Add(ref y, 3) = AesX86.EncryptLast(d, last ^ _3);
            Unsafe.Add(ref y, 4) = AesX86.EncryptLast(e, last ^ _4);
            Unsafe.Add(ref y, 5) = AesX86.EncryptLast(f, last ^ _5);
            Unsafe.Add(ref y, 6) = AesX86.EncryptLast(g, last ^ _6);
            Unsafe.Add(ref y, 7) = AesX86.EncryptLast(h, last ^ _7);
        }
    }
}
