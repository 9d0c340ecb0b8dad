using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace MessagePack;

/// <summary>Reads MessagePack tokens from bytes that nobody vouches for.</summary>
/// <remarks>
/// <para>Bytes that end too soon throw <see cref="EndOfStreamException"/>, a token of another kind
/// <see cref="MessagePackSerializationException"/>, a number that its target cannot hold <see cref="OverflowException"/>.
/// No other exception comes from bytes. Where the reader stands after one is not defined.</para>
/// <para>A length or a count is believed only when the bytes that it promises are there, so a short message cannot make anyone allocate much.</para>
/// </remarks>
public ref struct MessagePackReader
{
    const int LongestToken = 9;

    SequenceReader<byte> _reader;

    public MessagePackReader(ReadOnlyMemory<byte> memory)
        : this(new ReadOnlySequence<byte>(memory))
    {
    }

    public MessagePackReader(scoped in ReadOnlySequence<byte> readOnlySequence) => _reader = new SequenceReader<byte>(readOnlySequence);

    /// <summary>All bytes, those already read too.</summary>
    public readonly ReadOnlySequence<byte> Sequence => _reader.Sequence;

    public readonly SequencePosition Position => _reader.Position;

    public readonly long Consumed => _reader.Consumed;

    public readonly bool End => _reader.End;

    public readonly byte NextCode => _reader.TryPeek(out var code) ? code : throw Truncated();

    public readonly MessagePackType NextMessagePackType => MessagePackCode.ToMessagePackType(NextCode);

    public readonly bool IsNil => NextCode == MessagePackCode.Nil;

    public bool TryReadNil()
    {
        if (!IsNil) return false;
        _reader.Advance(1);
        return true;
    }

    public Nil ReadNil() => TryReadNil() ? Nil.Default : throw Unexpected(MessagePackType.Nil);

    public bool ReadBoolean()
    {
        var value = NextCode switch
        {
            MessagePackCode.True => true,
            MessagePackCode.False => false,
            _ => throw Unexpected(MessagePackType.Boolean),
        };
        _reader.Advance(1);
        return value;
    }

    public byte ReadByte() => ReadInteger<byte>();

    public sbyte ReadSByte() => ReadInteger<sbyte>();

    public short ReadInt16() => ReadInteger<short>();

    public ushort ReadUInt16() => ReadInteger<ushort>();

    public int ReadInt32() => ReadInteger<int>();

    public uint ReadUInt32() => ReadInteger<uint>();

    public long ReadInt64() => ReadInteger<long>();

    public ulong ReadUInt64() => ReadInteger<ulong>();

    /// <summary>A float token of either width, or an integer; what single precision cannot hold is rounded.</summary>
    public float ReadSingle() => NextCode switch
    {
        MessagePackCode.Float32 => BitConverter.UInt32BitsToSingle((uint)ReadPayload(4)),
        MessagePackCode.Float64 => (float)BitConverter.UInt64BitsToDouble(ReadPayload(8)),
        MessagePackCode.UInt64 => ReadPayload(8),
        _ => ReadInteger<long>(MessagePackType.Float),
    };

    /// <summary>A float token of either width, or an integer; what double precision cannot hold is rounded.</summary>
    public double ReadDouble() => NextCode switch
    {
        MessagePackCode.Float32 => BitConverter.UInt32BitsToSingle((uint)ReadPayload(4)),
        MessagePackCode.Float64 => BitConverter.UInt64BitsToDouble(ReadPayload(8)),
        MessagePackCode.UInt64 => ReadPayload(8),
        _ => ReadInteger<long>(MessagePackType.Float),
    };

    /// <summary>A str token, or null for nil. What is not UTF-8 becomes U+FFFD.</summary>
    public string? ReadString() => ReadStringSequence() is { } utf8 ? Encoding.UTF8.GetString(utf8) : null;

    /// <summary>The bytes of a str token, not copied, or null for nil.</summary>
    public ReadOnlySequence<byte>? ReadStringSequence()
    {
        if (TryReadNil()) return null;
        return ReadBody(NextCode switch
        {
            >= MessagePackCode.MinFixStr and <= MessagePackCode.MaxFixStr and var code => ReadFixed(code & 0x1f),
            MessagePackCode.Str8 => (uint)ReadPayload(1),
            MessagePackCode.Str16 => (uint)ReadPayload(2),
            MessagePackCode.Str32 => (uint)ReadPayload(4),
            _ => throw Unexpected(MessagePackType.String),
        });
    }

    /// <summary>The bytes of a bin token, not copied, or null for nil. A str token will do: before 2013 there was no other.</summary>
    public ReadOnlySequence<byte>? ReadBytes() => NextCode switch
    {
        MessagePackCode.Bin8 => ReadBody((uint)ReadPayload(1)),
        MessagePackCode.Bin16 => ReadBody((uint)ReadPayload(2)),
        MessagePackCode.Bin32 => ReadBody((uint)ReadPayload(4)),
        _ when NextMessagePackType is MessagePackType.String or MessagePackType.Nil => ReadStringSequence(),
        _ => throw Unexpected(MessagePackType.Binary),
    };

    /// <summary>The next bytes as they are, not copied.</summary>
    public ReadOnlySequence<byte> ReadRaw(long length) => ReadBody(length);

    /// <summary>The number of elements that follow. Each takes a byte at least, so a count above the bytes left is refused.</summary>
    public int ReadArrayHeader()
    {
        var count = TryReadArrayHeader(out var value) ? value : throw Truncated();
        return _reader.Remaining >= count ? count : throw Truncated();
    }

    /// <summary>False where the header is cut off. The count is not compared with the bytes left, which may be yet to come.</summary>
    public bool TryReadArrayHeader(out int count) =>
        TryReadCount(MessagePackType.Array, MessagePackCode.MinFixArray, MessagePackCode.Array16, MessagePackCode.Array32, out count);

    /// <summary>The number of pairs that follow. Each takes two bytes at least, so a count above half the bytes left is refused.</summary>
    public int ReadMapHeader()
    {
        var count = TryReadMapHeader(out var value) ? value : throw Truncated();
        return _reader.Remaining >= 2L * count ? count : throw Truncated();
    }

    /// <summary>False where the header is cut off. The count is not compared with the bytes left, which may be yet to come.</summary>
    public bool TryReadMapHeader(out int count) =>
        TryReadCount(MessagePackType.Map, MessagePackCode.MinFixMap, MessagePackCode.Map16, MessagePackCode.Map32, out count);

    bool TryReadCount(MessagePackType type, byte fixedCode, byte code16, byte code32, out int count)
    {
        count = 0;
        if (!_reader.TryPeek(out var code)) return false;
        if ((code & 0xf0) == fixedCode)
        {
            count = (int)ReadFixed(code & 0x0f);
            return true;
        }

        var width = code == code16 ? 2 : code == code32 ? 4 : throw Unexpected(type);
        if (!TryPeekPayload(width, out var value)) return false;
        count = checked((int)value);
        _reader.Advance(1 + width);
        return true;
    }

    T ReadInteger<T>(MessagePackType wanted = MessagePackType.Integer)
        where T : struct, IBinaryInteger<T>
    {
        var code = NextCode;
        switch (code)
        {
            case <= MessagePackCode.MaxFixInt:
                _reader.Advance(1);
                return T.CreateChecked(code);
            case >= MessagePackCode.MinNegativeFixInt:
                _reader.Advance(1);
                return T.CreateChecked((sbyte)code);
            case >= MessagePackCode.UInt8 and <= MessagePackCode.UInt64:
                return T.CreateChecked(ReadPayload(1 << (code - MessagePackCode.UInt8)));
            case >= MessagePackCode.Int8 and <= MessagePackCode.Int64:
                var width = 1 << (code - MessagePackCode.Int8);
                var unusedBits = 64 - 8 * width;
                return T.CreateChecked((long)(ReadPayload(width) << unusedBits) >> unusedBits);
            default:
                throw Unexpected(wanted);
        }
    }

    uint ReadFixed(int value)
    {
        _reader.Advance(1);
        return (uint)value;
    }

    ulong ReadPayload(int width)
    {
        if (!TryPeekPayload(width, out var value)) throw Truncated();
        _reader.Advance(1 + width);
        return value;
    }

    // The big-endian number behind the code.
    readonly bool TryPeekPayload(int width, out ulong value)
    {
        value = 0;
        Span<byte> token = stackalloc byte[LongestToken];
        token = token[..(1 + width)];
        if (!_reader.TryCopyTo(token)) return false;
        value = width switch
        {
            1 => token[1],
            2 => BinaryPrimitives.ReadUInt16BigEndian(token[1..]),
            4 => BinaryPrimitives.ReadUInt32BigEndian(token[1..]),
            _ => BinaryPrimitives.ReadUInt64BigEndian(token[1..]),
        };
        return true;
    }

    ReadOnlySequence<byte> ReadBody(long length)
    {
        if (_reader.Remaining < length) throw Truncated();
        var body = _reader.Sequence.Slice(_reader.Position, length);
        _reader.Advance(length);
        return body;
    }

    readonly MessagePackSerializationException Unexpected(MessagePackType wanted) =>
        new($"byte {Consumed} holds code 0x{NextCode:x2} ({NextMessagePackType}) where {wanted} was expected");

    static EndOfStreamException Truncated() => new("the MessagePack bytes end before the value that they promise");
}
