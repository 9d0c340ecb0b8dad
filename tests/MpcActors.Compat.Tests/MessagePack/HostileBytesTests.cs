using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MessagePack;

namespace MpcActors.Compat.Tests.MessagePackFormat;

public class HostileBytesTests
{
    static readonly (string Name, ReadTokens<object?> Read)[] Reads =
    [
        ("nil", (ref reader) => reader.ReadNil() == Nil.Default),
        ("try nil", (ref reader) => reader.TryReadNil()),
        ("boolean", (ref reader) => reader.ReadBoolean()),
        ("byte", (ref reader) => reader.ReadByte()),
        ("sbyte", (ref reader) => reader.ReadSByte()),
        ("int16", (ref reader) => reader.ReadInt16()),
        ("uint16", (ref reader) => reader.ReadUInt16()),
        ("int32", (ref reader) => reader.ReadInt32()),
        ("uint32", (ref reader) => reader.ReadUInt32()),
        ("int64", (ref reader) => reader.ReadInt64()),
        ("uint64", (ref reader) => reader.ReadUInt64()),
        ("single", (ref reader) => BitConverter.SingleToUInt32Bits(reader.ReadSingle())),
        ("double", (ref reader) => BitConverter.DoubleToUInt64Bits(reader.ReadDouble())),
        ("string", (ref reader) => reader.ReadString()),
        ("text", (ref reader) => Hex(reader.ReadStringSequence())),
        ("bytes", (ref reader) => Hex(reader.ReadBytes())),
        ("raw", (ref reader) => Hex(reader.ReadRaw(2))),
        ("array", (ref reader) => reader.ReadArrayHeader()),
        ("map", (ref reader) => ReadMapHeader(ref reader)),
        ("try array", (ref reader) => reader.TryReadArrayHeader(out var count) ? count : null),
        ("try map", (ref reader) => reader.TryReadMapHeader(out var count) ? count : null),
        ("type", (ref reader) => reader.NextMessagePackType),
    ];

    // A map of 2^30 pairs overflows up to 3.1.6, and ends the stream from 3.1.7 on.
    static int ReadMapHeader(ref MessagePackReader reader)
    {
        try
        {
            return reader.ReadMapHeader();
        }
        catch (OverflowException)
        {
            throw new EndOfStreamException();
        }
    }

    static string? Hex(ReadOnlySequence<byte>? bytes) => bytes is { } some ? Convert.ToHexString(some.ToArray()) : null;

    // Every code is as likely as any other, the lengths behind it are often small, and the end comes early.
    static byte[] Message(Random random)
    {
        var bytes = new byte[random.Next(24)];
        random.NextBytes(bytes);
        for (var i = 1; i < bytes.Length; i++)
            if (random.Next(3) == 0) bytes[i] = (byte)random.Next(3);
        return bytes;
    }

    static string Outcome(byte[] bytes, ReadTokens<object?> read, int pieces)
    {
        var reader = pieces > 0 ? new MessagePackReader(Pieces.Of(bytes, pieces)) : new MessagePackReader(bytes);
        try
        {
            return string.Create(CultureInfo.InvariantCulture, $"{read(ref reader)} to byte {reader.Consumed}");
        }
        catch (Exception error) when (error is EndOfStreamException or MessagePackSerializationException or OverflowException)
        {
            return error.GetType().Name;
        }
    }

    /// <summary>
    /// The stand-in and the package cannot meet in one process, so they meet in a number: the hash of all outcomes was taken from
    /// the package, 3.1.4 and 3.1.8. Any exception but the documented three fails the test by itself.
    /// </summary>
    [Fact]
    public void Random_bytes_are_read_or_refused_just_as_by_the_package()
    {
        var random = new Random(1);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < 4_000; i++)
        {
            var bytes = Message(random);
            foreach (var (name, read) in Reads)
            {
                var outcome = Outcome(bytes, read, pieces: 0);
                Assert.Equal(outcome, Outcome(bytes, read, pieces: 1 + i % 3));
                hash.AppendData(Encoding.UTF8.GetBytes($"{Convert.ToHexString(bytes)} {name}: {outcome}\n"));
            }
        }

        Assert.Equal("0b211cbc42b2c287e6d8e0ebae8f390090e4a053d981f73363b5c356dcdd6a54", Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    [Fact]
    public void Whole_trees_of_random_bytes_end_in_a_value_or_a_documented_exception()
    {
        var random = new Random(1);
        var values = 0;
        for (var i = 0; i < 20_000; i++)
            if (!Outcome(Message(random), (ref reader) => Tree.Read(ref reader)?.ToJsonString(), pieces: 0).EndsWith("Exception", StringComparison.Ordinal)) values++;
        Assert.InRange(values, 1_000, 19_000);
    }

    [Theory]
    [InlineData("C6FFFFFFFF")]
    [InlineData("C67FFFFFFF00")]
    [InlineData("DBFFFFFFFF")]
    [InlineData("DB7FFFFFFF00")]
    [InlineData("DD7FFFFFFF00")]
    [InlineData("DDFFFFFFFF00")]
    [InlineData("DF3FFFFFFF0000")]
    [InlineData("DFFFFFFFFF0000")]
    public void A_great_length_allocates_nothing_to_speak_of(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        foreach (var (_, read) in Reads) Outcome(bytes, read, pieces: 0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var (_, read) in Reads) Outcome(bytes, read, pieces: 0);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Theory]
    [InlineData("93C0C0")]
    [InlineData("DC0003C0C0")]
    [InlineData("DD7FFFFFFFC0")]
    public void An_array_of_more_elements_than_bytes_is_refused_at_its_header(string hex) =>
        Assert.Throws<EndOfStreamException>(() => new MessagePackReader(Convert.FromHexString(hex)).ReadArrayHeader());

    [Theory]
    [InlineData("81C0")]
    [InlineData("DE0002C0C0C0")]
    [InlineData("DF00000002C0C0C0")]
    public void A_map_of_more_pairs_than_bytes_is_refused_at_its_header(string hex) =>
        Assert.Throws<EndOfStreamException>(() => new MessagePackReader(Convert.FromHexString(hex)).ReadMapHeader());
}
