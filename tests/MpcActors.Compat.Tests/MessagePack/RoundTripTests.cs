using System.Buffers;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using MessagePack;

namespace MpcActors.Compat.Tests.MessagePackFormat;

public class RoundTripTests
{
    static void Holds<T>(Gen<T> values, Func<T, bool> property) => Prop.ForAll(values.ToArbitrary(), property).QuickCheckThrowOnFailure();

    static void Returns<T>(Func<Int128, T> draw, Func<T, WriteTokens> write, ReadTokens<T> read) =>
        Holds(Trees.Integers.Select(draw), value => EqualityComparer<T>.Default.Equals(value, ReadBack(Tree.Bytes(write(value)), read)));

    // From one piece and from pieces of one byte: a frame may come in parts.
    static T ReadBack<T>(byte[] bytes, ReadTokens<T> read)
    {
        var whole = new MessagePackReader(bytes);
        var value = read(ref whole);
        Assert.True(whole.End);

        var pieces = new MessagePackReader(Pieces.Of(bytes, 1));
        Assert.Equal(value, read(ref pieces));
        Assert.Equal(bytes.Length, pieces.Consumed);
        return value;
    }

    [Fact]
    public void Numbers_come_back_in_every_type()
    {
        Returns(number => number % 2 == 0, value => (ref writer) => writer.Write(value), (ref reader) => reader.ReadBoolean());
        Returns(number => unchecked((byte)number), value => (ref writer) => writer.Write(value), (ref reader) => reader.ReadByte());
        Returns(number => unchecked((sbyte)number), value => (ref writer) => writer.Write(value), (ref reader) => reader.ReadSByte());
        Returns(number => unchecked((short)number), value => (ref writer) => writer.Write(value), (ref reader) => reader.ReadInt16());
        Returns(number => unchecked((ushort)number), value => (ref writer) => writer.Write(value), (ref reader) => reader.ReadUInt16());
        Returns(number => unchecked((int)number), value => (ref writer) => writer.Write(value), (ref reader) => reader.ReadInt32());
        Returns(number => unchecked((uint)number), value => (ref writer) => writer.Write(value), (ref reader) => reader.ReadUInt32());
        Returns(number => unchecked((long)number), value => (ref writer) => writer.Write(value), (ref reader) => reader.ReadInt64());
        Returns(number => unchecked((ulong)number), value => (ref writer) => writer.Write(value), (ref reader) => reader.ReadUInt64());
        Returns(number => BitConverter.UInt32BitsToSingle(unchecked((uint)number)), value => (ref writer) => writer.Write(value), (ref reader) => reader.ReadSingle());
        Returns(number => BitConverter.UInt64BitsToDouble(unchecked((ulong)number)), value => (ref writer) => writer.Write(value), (ref reader) => reader.ReadDouble());
    }

    [Fact]
    public void A_number_is_read_as_any_type_that_holds_it_and_overflows_any_other() => Holds(Trees.Integers, value =>
    {
        var bytes = Tree.Bytes((ref writer) =>
        {
            if (value < 0) writer.Write((long)value);
            else writer.Write((ulong)value);
        });
        return Fits(bytes, value, byte.MaxValue, 0, (ref reader) => reader.ReadByte())
            && Fits(bytes, value, sbyte.MaxValue, sbyte.MinValue, (ref reader) => reader.ReadSByte())
            && Fits(bytes, value, ushort.MaxValue, 0, (ref reader) => reader.ReadUInt16())
            && Fits(bytes, value, short.MaxValue, short.MinValue, (ref reader) => reader.ReadInt16())
            && Fits(bytes, value, uint.MaxValue, 0, (ref reader) => reader.ReadUInt32())
            && Fits(bytes, value, int.MaxValue, int.MinValue, (ref reader) => reader.ReadInt32())
            && Fits(bytes, value, ulong.MaxValue, 0, (ref reader) => reader.ReadUInt64())
            && Fits(bytes, value, long.MaxValue, long.MinValue, (ref reader) => reader.ReadInt64());
    });

    static bool Fits(byte[] bytes, Int128 value, Int128 largest, Int128 smallest, ReadTokens<Int128> read)
    {
        try
        {
            var reader = new MessagePackReader(bytes);
            return read(ref reader) == value && smallest <= value && value <= largest;
        }
        catch (OverflowException)
        {
            return value < smallest || value > largest;
        }
    }

    [Fact]
    public void Texts_and_bytes_come_back()
    {
        Holds(Trees.Texts, text => ReadBack(Tree.Bytes((ref writer) => writer.Write(text)), (ref reader) => reader.ReadString()) == text);
        Holds(ArbMap.Default.GeneratorFor<byte[]>().Where(bytes => bytes is not null), bytes =>
            ReadBack(Tree.Bytes((ref writer) => writer.Write(bytes)), (ref reader) => reader.ReadBytes()!.Value.ToArray()).AsSpan().SequenceEqual(bytes));
    }

    [Fact]
    public void Trees_come_back() => Holds(Trees.Any, json =>
        JsonNode.DeepEquals(Trees.Create(json), Tree.Parse(Tree.Bytes(Trees.Create(json)))));

    [Fact]
    public void A_tree_cut_short_anywhere_ends_the_stream() => Holds(Trees.Any, json =>
    {
        var bytes = Tree.Bytes(Trees.Create(json));
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<EndOfStreamException>(() => Tree.Parse(bytes[..length]));
        return true;
    });

    [Fact]
    public void Half_a_surrogate_pair_becomes_the_replacement_character() =>
        Assert.Equal("A3EFBFBD", Convert.ToHexString(Tree.Bytes((ref writer) => writer.Write("\ud800"))));

    [Fact]
    public void Null_is_nil_and_back()
    {
        var bytes = Tree.Bytes((ref writer) =>
        {
            writer.Write((string?)null);
            writer.Write((byte[]?)null);
            writer.WriteNil();
        });
        Assert.Equal("C0C0C0", Convert.ToHexString(bytes));
        var reader = new MessagePackReader(bytes);
        Assert.Null(reader.ReadString());
        Assert.Null(reader.ReadBytes());
        Assert.True(reader.IsNil);
        Assert.True(reader.TryReadNil());
        Assert.True(reader.End);
    }

    [Fact]
    public void Nothing_is_in_the_buffer_before_the_flush()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.Write(1);
        writer.GetSpan(4)[0] = 2;
        writer.Advance(1);
        Assert.Equal(0, buffer.WrittenCount);
        writer.Flush();
        Assert.Equal([1, 2], buffer.WrittenSpan.ToArray());
        writer.WriteRaw([3]);
        writer.Flush();
        Assert.Equal([1, 2, 3], buffer.WrittenSpan.ToArray());
    }

    [Fact]
    public void A_negative_count_is_refused()
    {
        Assert.Throws<OverflowException>(() => Tree.Bytes((ref writer) => writer.WriteArrayHeader(-1)));
        Assert.Throws<OverflowException>(() => Tree.Bytes((ref writer) => writer.WriteMapHeader(-1)));
        Assert.Throws<OverflowException>(() => Tree.Bytes((ref writer) => writer.WriteBinHeader(-1)));
        Assert.Throws<OverflowException>(() => Tree.Bytes((ref writer) => writer.WriteStringHeader(-1)));
    }

    [Fact]
    public void A_long_payload_is_read_without_a_copy()
    {
        var payload = new byte[1 << 20];
        new Random(1).NextBytes(payload);
        var bytes = Tree.Bytes((ref writer) =>
        {
            writer.WriteArrayHeader(2);
            writer.Write(7);
            writer.Write(payload);
        });
        var reader = new MessagePackReader(bytes);
        Assert.Equal(2, reader.ReadArrayHeader());
        Assert.Equal(7, reader.ReadInt32());
        var read = reader.ReadBytes()!.Value;
        Assert.True(read.FirstSpan.SequenceEqual(payload));
        Assert.True(read.FirstSpan.Overlaps(bytes));
        Assert.Equal(bytes.Length, reader.Consumed);
    }
}
