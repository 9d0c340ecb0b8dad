using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace MessagePack;

/// <summary>Appends MessagePack tokens to a buffer, each in its shortest form. Nothing is in the buffer before <see cref="Flush"/>.</summary>
/// <remarks>A count or a length below zero throws <see cref="OverflowException"/>, as the package does.</remarks>
public ref struct MessagePackWriter
{
    const int LongestToken = 9;

    readonly IBufferWriter<byte> _output;
    Span<byte> _span;
    int _used;

    public MessagePackWriter(IBufferWriter<byte> writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        _output = writer;
    }

    /// <summary>Hands what was written to the buffer; the writer can go on afterwards.</summary>
    public void Flush()
    {
        if (_used > 0) _output.Advance(_used);
        _used = 0;
        _span = default;
    }

    /// <summary>At least <paramref name="length"/> bytes to write to, counted by <see cref="Advance"/>.</summary>
    public Span<byte> GetSpan(int length)
    {
        if (_span.Length - _used < Math.Max(length, 1))
        {
            Flush();
            _span = _output.GetSpan(length);
        }

        return _span[_used..];
    }

    public void Advance(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _span.Length - _used);
        _used += length;
    }

    public void WriteNil() => WriteCode(MessagePackCode.Nil);

    public void Write(bool value) => WriteCode(value ? MessagePackCode.True : MessagePackCode.False);

    public void Write(byte value) => Write((ulong)value);

    public void Write(ushort value) => Write((ulong)value);

    public void Write(uint value) => Write((ulong)value);

    public void Write(ulong value)
    {
        switch (value)
        {
            case <= MessagePackCode.MaxFixInt: WriteCode((byte)value); break;
            case <= byte.MaxValue: WriteToken(MessagePackCode.UInt8, 1, value); break;
            case <= ushort.MaxValue: WriteToken(MessagePackCode.UInt16, 2, value); break;
            case <= uint.MaxValue: WriteToken(MessagePackCode.UInt32, 4, value); break;
            default: WriteToken(MessagePackCode.UInt64, 8, value); break;
        }
    }

    public void Write(sbyte value) => Write((long)value);

    public void Write(short value) => Write((long)value);

    public void Write(int value) => Write((long)value);

    public void Write(long value)
    {
        switch (value)
        {
            case >= 0: Write((ulong)value); break;
            case >= -32: WriteCode((byte)value); break;
            case >= sbyte.MinValue: WriteToken(MessagePackCode.Int8, 1, (ulong)value); break;
            case >= short.MinValue: WriteToken(MessagePackCode.Int16, 2, (ulong)value); break;
            case >= int.MinValue: WriteToken(MessagePackCode.Int32, 4, (ulong)value); break;
            default: WriteToken(MessagePackCode.Int64, 8, (ulong)value); break;
        }
    }

    public void Write(float value) => WriteToken(MessagePackCode.Float32, 4, BitConverter.SingleToUInt32Bits(value));

    public void Write(double value) => WriteToken(MessagePackCode.Float64, 8, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>A str token in UTF-8, or nil. Half a surrogate pair becomes U+FFFD.</summary>
    public void Write(string? value)
    {
        if (value is null)
            WriteNil();
        else
            Write(value.AsSpan());
    }

    public void Write(ReadOnlySpan<char> value)
    {
        var byteCount = Encoding.UTF8.GetByteCount(value);
        WriteStringHeader(byteCount);
        Advance(Encoding.UTF8.GetBytes(value, GetSpan(byteCount)));
    }

    /// <summary>A bin token, or nil.</summary>
    public void Write(byte[]? src)
    {
        if (src is null)
            WriteNil();
        else
            Write(src.AsSpan());
    }

    /// <summary>A bin token.</summary>
    public void Write(ReadOnlySpan<byte> src)
    {
        WriteBinHeader(src.Length);
        WriteRaw(src);
    }

    /// <summary>A str token of bytes that are UTF-8 already.</summary>
    public void WriteString(ReadOnlySpan<byte> utf8stringBytes)
    {
        WriteStringHeader(utf8stringBytes.Length);
        WriteRaw(utf8stringBytes);
    }

    /// <summary>The bytes as they are, without a header.</summary>
    public void WriteRaw(ReadOnlySpan<byte> rawMessagePackBlock)
    {
        if (rawMessagePackBlock.Length <= _span.Length - _used)
        {
            rawMessagePackBlock.CopyTo(_span[_used..]);
            _used += rawMessagePackBlock.Length;
        }
        else
        {
            // What is long goes straight to the buffer, which may spread it over several spans.
            Flush();
            _output.Write(rawMessagePackBlock);
        }
    }

    public void WriteStringHeader(int byteCount)
    {
        switch (checked((uint)byteCount))
        {
            case <= 31: WriteCode((byte)(MessagePackCode.MinFixStr | byteCount)); break;
            case <= byte.MaxValue: WriteToken(MessagePackCode.Str8, 1, (ulong)byteCount); break;
            case <= ushort.MaxValue: WriteToken(MessagePackCode.Str16, 2, (ulong)byteCount); break;
            default: WriteToken(MessagePackCode.Str32, 4, (ulong)byteCount); break;
        }
    }

    public void WriteBinHeader(int length)
    {
        switch (checked((uint)length))
        {
            case <= byte.MaxValue: WriteToken(MessagePackCode.Bin8, 1, (ulong)length); break;
            case <= ushort.MaxValue: WriteToken(MessagePackCode.Bin16, 2, (ulong)length); break;
            default: WriteToken(MessagePackCode.Bin32, 4, (ulong)length); break;
        }
    }

    public void WriteArrayHeader(int count) => WriteArrayHeader(checked((uint)count));

    public void WriteArrayHeader(uint count)
    {
        switch (count)
        {
            case <= 15: WriteCode((byte)(MessagePackCode.MinFixArray | count)); break;
            case <= ushort.MaxValue: WriteToken(MessagePackCode.Array16, 2, count); break;
            default: WriteToken(MessagePackCode.Array32, 4, count); break;
        }
    }

    public void WriteMapHeader(int count) => WriteMapHeader(checked((uint)count));

    public void WriteMapHeader(uint count)
    {
        switch (count)
        {
            case <= 15: WriteCode((byte)(MessagePackCode.MinFixMap | count)); break;
            case <= ushort.MaxValue: WriteToken(MessagePackCode.Map16, 2, count); break;
            default: WriteToken(MessagePackCode.Map32, 4, count); break;
        }
    }

    void WriteCode(byte code)
    {
        GetSpan(1)[0] = code;
        Advance(1);
    }

    // The value's low bytes come to lie behind the code; what follows them is overwritten by the next token.
    void WriteToken(byte code, int width, ulong value)
    {
        var span = GetSpan(LongestToken);
        span[0] = code;
        BinaryPrimitives.WriteUInt64BigEndian(span[1..], value << (64 - 8 * width));
        Advance(1 + width);
    }
}
