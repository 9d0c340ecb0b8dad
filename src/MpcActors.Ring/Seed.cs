using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace MpcActors.Ring;

/// <summary>A 128-bit key of a generator. Printing one prints a secret, so <see cref="ToString"/> does not.</summary>
public readonly record struct Seed(UInt128 Value)
{
    public const int Bytes = 16;

    /// <summary>In bytes of UTF-8.</summary>
    const int LongestPurpose = 512;

    public static Seed Zero => default;

    /// <summary>A seed that depends on this one and on <paramref name="purpose"/>, and tells nothing of either (SHA-256, domain separated).</summary>
    public Seed Derive(string purpose, ulong number = 0)
    {
        Span<byte> input = stackalloc byte[Bytes + sizeof(ulong) + LongestPurpose];
        BinaryPrimitives.WriteUInt128LittleEndian(input, Value);
        BinaryPrimitives.WriteUInt64LittleEndian(input[Bytes..], number);
        var length = System.Text.Encoding.UTF8.GetBytes(purpose, input[(Bytes + sizeof(ulong))..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input[..(Bytes + sizeof(ulong) + length)], hash);
        return FromBytes(hash[..Bytes]);
    }

    public static Seed FromNumber(ulong number) => new(number);

    public static Seed FromBytes(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128LittleEndian(bytes));

    public void WriteTo(Span<byte> destination) => BinaryPrimitives.WriteUInt128LittleEndian(destination, Value);

    /// <summary>A fresh unpredictable seed, for runs that are not to be repeated.</summary>
    public static Seed Fresh()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        RandomNumberGenerator.Fill(bytes);
        return FromBytes(bytes);
    }

    /// <summary>A fingerprint that names the seed without telling it.</summary>
    public override string ToString() =>
        "seed#" + Derive("fingerprint").Value.ToString("x32", CultureInfo.InvariantCulture)[..8];
}
