using System.Buffers.Binary;
using System.Text.Json;

namespace MpcActors.Data;

/// <summary>
/// The safetensors file format: an 8-byte little-endian header length, a JSON object of name → {dtype, shape, data_offsets}, then the
/// values. Files come from strangers, so nothing in a header is believed before it is checked against the file's length.
/// </summary>
public static class Safetensors
{
    /// <summary>Reads every tensor of a file as float32.</summary>
    /// <exception cref="InvalidDataException">The file is not a safetensors file; names file, tensor, what was found and what was expected.</exception>
    public static IReadOnlyDictionary<string, FloatTensor> Read(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <summary>Reads every tensor of a seekable stream; <paramref name="source"/> names it in messages.</summary>
    public static IReadOnlyDictionary<string, FloatTensor> Read(Stream stream, string source)
    {
        stream.Position = 0;
        var prefix = new byte[Math.Min(8, stream.Length)];
        stream.ReadExactly(prefix);
        var length = SafetensorsHeader.Length(prefix, stream.Length, source);
        var header = new byte[length];
        stream.ReadExactly(header);

        var start = stream.Position;
        var tensors = new Dictionary<string, FloatTensor>(StringComparer.Ordinal);
        foreach (var entry in SafetensorsHeader.Parse(header, stream.Length - start, source))
        {
            var raw = new byte[entry.End - entry.Begin];
            stream.Position = start + entry.Begin;
            stream.ReadExactly(raw);
            tensors.Add(entry.Name, new FloatTensor(Decode(entry, raw, source), entry.Shape));
        }

        return tensors;
    }

    /// <summary>What a file says of itself: strings by name, from the header alone; empty where it says nothing.</summary>
    /// <exception cref="InvalidDataException">The file is not a safetensors file, or its metadata are no strings.</exception>
    public static IReadOnlyDictionary<string, string> ReadMetadata(string path)
    {
        using var stream = File.OpenRead(path);
        var prefix = new byte[Math.Min(8, stream.Length)];
        stream.ReadExactly(prefix);
        var header = new byte[SafetensorsHeader.Length(prefix, stream.Length, path)];
        stream.ReadExactly(header);
        return SafetensorsHeader.Metadata(header, path);
    }

    /// <summary>Writes tensors in ordinal order of their names, so that equal tensors give equal bytes: as float32, or rounded to float16.</summary>
    public static void Write(Stream stream, IReadOnlyDictionary<string, FloatTensor> tensors, bool isHalf = false, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var names = tensors.Keys.Order(StringComparer.Ordinal).ToArray();
        using var header = new MemoryStream();
        WriteHeader(header, names, tensors, isHalf ? 2 : 4, metadata);
        // Spaces up to a multiple of 8: readers that map the file get aligned values.
        while (header.Length % 8 != 0)
            header.WriteByte((byte)' ');
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        stream.Write(prefix);
        header.WriteTo(stream);
        foreach (var name in names)
        {
            var values = tensors[name].Values;
            var raw = new byte[(isHalf ? 2 : 4) * values.Length];
            for (var i = 0; i < values.Length; i++)
            {
                if (isHalf) BinaryPrimitives.WriteHalfLittleEndian(raw.AsSpan(2 * i), (Half)values[i]);
                else BinaryPrimitives.WriteSingleLittleEndian(raw.AsSpan(4 * i), values[i]);
            }

            stream.Write(raw);
        }
    }

    static void WriteHeader(Stream header, string[] names, IReadOnlyDictionary<string, FloatTensor> tensors, int bytes, IReadOnlyDictionary<string, string>? metadata)
    {
        using var json = new Utf8JsonWriter(header);
        json.WriteStartObject();
        if (metadata is not null)
        {
            json.WriteStartObject("__metadata__");
            foreach (var (key, value) in metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal)) json.WriteString(key, value);
            json.WriteEndObject();
        }

        long at = 0;
        foreach (var name in names)
        {
            var (values, shape) = tensors[name];
            if (shape.Aggregate(1L, (n, size) => n * size) != values.Length)
                throw new ArgumentException($"Tensor {name} has {values.Length} values, but its shape is [{string.Join(", ", shape)}].", nameof(tensors));
            json.WriteStartObject(name);
            json.WriteString("dtype", bytes == 2 ? "F16" : "F32");
            json.WriteStartArray("shape");
            foreach (var size in shape)
                json.WriteNumberValue(size);
            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(at);
            json.WriteNumberValue(at += (long)bytes * values.Length);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>The values of an entry, <paramref name="raw"/>, as float32.</summary>
    internal static float[] Decode(SafetensorsEntry entry, ReadOnlySpan<byte> raw, string source)
    {
        var values = new float[raw.Length / SafetensorsHeader.BytesPerValue(entry.Type)];
        switch (entry.Type)
        {
            case "F32":
                for (var i = 0; i < values.Length; i++) values[i] = BinaryPrimitives.ReadSingleLittleEndian(raw[(4 * i)..]);
                break;
            case "F16":
                for (var i = 0; i < values.Length; i++) values[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(raw[(2 * i)..]);
                break;
            case "BF16":
                for (var i = 0; i < values.Length; i++) values[i] = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(raw[(2 * i)..]) << 16);
                break;
            case "I32":
                for (var i = 0; i < values.Length; i++) values[i] = Exact(BinaryPrimitives.ReadInt32LittleEndian(raw[(4 * i)..]), entry, source);
                break;
            case "I64":
                for (var i = 0; i < values.Length; i++) values[i] = Exact(BinaryPrimitives.ReadInt64LittleEndian(raw[(8 * i)..]), entry, source);
                break;
            default:
                throw SafetensorsHeader.WrongType(source, entry.Name, entry.Type);
        }

        return values;
    }

    static float Exact(long value, SafetensorsEntry entry, string source)
        => Math.Abs((decimal)value) <= 1 << 24
            ? value
            : throw new InvalidDataException($"{source}: tensor {entry.Name} holds {value}; integers beyond ±2^24 have no exact float32.");
}
