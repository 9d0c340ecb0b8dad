using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using AesX86 = System.Runtime.Intrinsics.X86.Aes;

namespace MpcActors.Ring;

/// <summary>AES-128 in counter mode: a seed's stream of 64-bit words, any place of which can be had at once.</summary>
/// <remarks>
/// Word 2i and 2i + 1 are the halves of AES_seed(i), i as a 128-bit little-endian number. Where the processor has no AES
/// instructions the platform's AES makes the same words.
/// </remarks>
public sealed class Prg
{
    const int BlocksAtOnce = 8;
    readonly Vector128<byte>[] _roundKeys;
    readonly byte[] _key;
    readonly bool _inHardware;

    public Prg(Seed seed) : this(seed, AesX86.IsSupported)
    {
    }

    internal Prg(Seed seed, bool inHardware)
    {
        _inHardware = inHardware && AesX86.IsSupported;
        _key = new byte[Seed.Bytes];
        seed.WriteTo(_key);
        _roundKeys = AesKeySchedule.Expand(_key);
    }

    /// <summary>Writes the words from <paramref name="position"/> on, on all cores when there are many.</summary>
    public void Fill(ulong[] destination, long position) =>
        Parallelism.ForChunks(destination.Length, (start, length) => Fill(destination.AsSpan(start, length), position + start));

    /// <summary>Writes the words from <paramref name="position"/> on.</summary>
    public void Fill(Span<ulong> destination, long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        if (destination.IsEmpty) return;
        if ((position & 1) != 0)
        {
            // An odd start takes the second half of its block.
            Span<ulong> block = stackalloc ulong[2];
            FillBlocks(block, (ulong)position >> 1);
            destination[0] = block[1];
            destination = destination[1..];
            position++;
        }

        var whole = destination.Length & ~1;
        FillBlocks(destination[..whole], (ulong)position >> 1);
        if (whole == destination.Length) return;
        Span<ulong> last = stackalloc ulong[2];
        FillBlocks(last, ((ulong)position >> 1) + (ulong)(whole / 2));
        destination[whole] = last[0];
    }

    void FillBlocks(Span<ulong> destination, ulong block)
    {
        if (_inHardware) FillBlocksInHardware(destination, block);
        else FillBlocksByPlatform(destination, block);
    }

    void FillBlocksInHardware(Span<ulong> destination, ulong block)
    {
        ReadOnlySpan<Vector128<byte>> k = _roundKeys;
        ref var target = ref MemoryMarshal.GetReference(destination);
        var blocks = destination.Length / 2;
        var (k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10) = (k[0], k[1], k[2], k[3], k[4], k[5], k[6], k[7], k[8], k[9], k[10]);
        var i = 0;

        // Eight blocks at once hide the latency of the AES instruction.
        for (; i + BlocksAtOnce <= blocks; i += BlocksAtOnce)
        {
            var n = block + (ulong)i;
            var a = Vector128.Create(n, 0UL).AsByte() ^ k0;
            var b = Vector128.Create(n + 1, 0UL).AsByte() ^ k0;
            var c = Vector128.Create(n + 2, 0UL).AsByte() ^ k0;
            var d = Vector128.Create(n + 3, 0UL).AsByte() ^ k0;
            var e = Vector128.Create(n + 4, 0UL).AsByte() ^ k0;
            var f = Vector128.Create(n + 5, 0UL).AsByte() ^ k0;
            var g = Vector128.Create(n + 6, 0UL).AsByte() ^ k0;
            var h = Vector128.Create(n + 7, 0UL).AsByte() ^ k0;
            Round(k1, ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h);
            Round(k2, ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h);
            Round(k3, ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h);
            Round(k4, ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h);
            Round(k5, ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h);
            Round(k6, ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h);
            Round(k7, ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h);
            Round(k8, ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h);
            Round(k9, ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h);
            AesX86.EncryptLast(a, k10).AsUInt64().StoreUnsafe(ref target, (nuint)(2 * i));
            AesX86.EncryptLast(b, k10).AsUInt64().StoreUnsafe(ref target, (nuint)(2 * i + 2));
            AesX86.EncryptLast(c, k10).AsUInt64().StoreUnsafe(ref target, (nuint)(2 * i + 4));
            AesX86.EncryptLast(d, k10).AsUInt64().StoreUnsafe(ref target, (nuint)(2 * i + 6));
            AesX86.EncryptLast(e, k10).AsUInt64().StoreUnsafe(ref target, (nuint)(2 * i + 8));
            AesX86.EncryptLast(f, k10).AsUInt64().StoreUnsafe(ref target, (nuint)(2 * i + 10));
            AesX86.EncryptLast(g, k10).AsUInt64().StoreUnsafe(ref target, (nuint)(2 * i + 12));
            AesX86.EncryptLast(h, k10).AsUInt64().StoreUnsafe(ref target, (nuint)(2 * i + 14));
        }

        for (; i < blocks; i++)
        {
            var x = Vector128.Create(block + (ulong)i, 0UL).AsByte() ^ k0;
            for (var round = 1; round < 10; round++) x = AesX86.Encrypt(x, k[round]);
            AesX86.EncryptLast(x, k10).AsUInt64().StoreUnsafe(ref target, (nuint)(2 * i));
        }
    }

    // Inlined, so that the eight blocks stay in registers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Round(
        Vector128<byte> key, ref Vector128<byte> a, ref Vector128<byte> b, ref Vector128<byte> c, ref Vector128<byte> d,
        ref Vector128<byte> e, ref Vector128<byte> f, ref Vector128<byte> g, ref Vector128<byte> h)
    {
        a = AesX86.Encrypt(a, key);
        b = AesX86.Encrypt(b, key);
        c = AesX86.Encrypt(c, key);
        d = AesX86.Encrypt(d, key);
        e = AesX86.Encrypt(e, key);
        f = AesX86.Encrypt(f, key);
        g = AesX86.Encrypt(g, key);
        h = AesX86.Encrypt(h, key);
    }

    void FillBlocksByPlatform(Span<ulong> destination, ulong block)
    {
        for (var i = 0; i < destination.Length; i += 2) (destination[i], destination[i + 1]) = (block + (ulong)(i / 2), 0);
        using var aes = Aes.Create();
        aes.Key = _key;
        var bytes = MemoryMarshal.AsBytes(destination);
        aes.EncryptEcb(bytes, bytes, PaddingMode.None);
    }
}
