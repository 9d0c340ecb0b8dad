using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MpcActors.Fss;

/// <summary>Keys as bytes: a header of 16 bytes, the roots, the corrections; all little-endian. Read as if somebody hostile had written them.</summary>
/// <remarks>The header is "FSSK", version, function, payload bits, domain bits, party, three zeros, and the number of keys in four bytes.</remarks>
public static class KeyFile
{
    public const int HeaderBytes = 16;

    const byte Version = 1;

    static ReadOnlySpan<byte> Magic => "FSSK"u8;

    public static byte[] Write(FssKeys keys)
    {
        var bytes = new byte[HeaderBytes + checked(keys.Count * (keys.Form.KeyBits / 8))];
        Magic.CopyTo(bytes);
        bytes[4] = Version;
        bytes[5] = (byte)keys.Form.Function;
        bytes[6] = (byte)keys.Form.Payload;
        bytes[7] = (byte)keys.Form.DomainBits;
        bytes[8] = (byte)keys.Party;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), keys.Count);
        MemoryMarshal.AsBytes(keys.Roots).CopyTo(bytes.AsSpan(HeaderBytes));
        MemoryMarshal.AsBytes(keys.CorrectionWords).CopyTo(bytes.AsSpan(HeaderBytes + keys.Roots.Length * sizeof(ulong)));
        return bytes;
    }

    /// <exception cref="InvalidDataException">The bytes are no keys; the message says what is wrong and where.</exception>
    public static FssKeys Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes) throw new InvalidDataException($"{bytes.Length} bytes are no keys: the header alone has {HeaderBytes}");
        Require(bytes[..4].SequenceEqual(Magic), 0, "do not begin with FSSK");
        Require(bytes[4] == Version, 4, $"are of version {bytes[4]}; this program reads version {Version}");
        var (function, payload, domainBits, party) = ((FssFunction)bytes[5], (FssPayload)bytes[6], bytes[7], bytes[8]);
        Require(function is FssFunction.Point or FssFunction.Comparison, 5, $"name function {bytes[5]}; 1 is a point function, 2 a comparison");
        Require(payload is FssPayload.Bit or FssPayload.Word, 6, $"have a payload of {bytes[6]} bits; 1 and 64 exist");
        Require(domainBits is >= 1 and <= 64, 7, $"have a domain of {domainBits} bits; 1 to 64 exist");
        Require(party <= 1, 8, $"belong to party {party}; 0 and 1 exist");
        Require(bytes[9..12].IndexOfAnyExcept((byte)0) < 0, 9, "have other than zeros where three are due");
        var count = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
        Require(count >= 0, 12, $"claim to be {count} in number");

        var form = new KeyForm(function, domainBits, payload);
        var expected = HeaderBytes + (long)count * (form.KeyBits / 8);
        if (bytes.Length != expected)
            throw new InvalidDataException($"{count} keys ({form}) take {expected} bytes with their header, not {bytes.Length}");
        var words = MemoryMarshal.Cast<byte, ulong>(bytes[HeaderBytes..]);
        return new FssKeys(form, party, words[..(2 * count)].ToArray(), words[(2 * count)..].ToArray());
    }

    static void Require(bool holds, int offset, string otherwise)
    {
        if (!holds) throw new InvalidDataException($"the keys {otherwise} (byte {offset})");
    }
}
