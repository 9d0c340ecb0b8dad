using System.Buffers.Binary;
using System.Text.Json;

namespace MpcActors.Data;

/// <summary>One checked header entry: the values lie in bytes [Begin, End) after the header and fill Shape.</summary>
sealed record SafetensorsEntry(string Name, string Type, int[] Shape, long Begin, long End);

/// <summary>Checks a safetensors header before a single value is read.</summary>
static class SafetensorsHeader
{
    const long MaxHeader = 100_000_000;

    /// <summary>0 for a type that is not known.</summary>
    public static int BytesPerValue(string type) => type switch
    {
        "F32" or "I32" or "U32" => 4,
        "F16" or "BF16" or "I16" or "U16" => 2,
        "I64" or "U64" or "F64" => 8,
        "I8" or "U8" or "BOOL" => 1,
        _ => 0,
    };

    /// <summary>The header of a file of this length, which lies in its bytes 8 to 8 + length; <paramref name="prefix"/> are the first eight.</summary>
    public static int Length(ReadOnlySpan<byte> prefix, long fileLength, string source)
    {
        if (prefix.Length < 8)
            throw new InvalidDataException($"{source}: {fileLength} bytes, but a safetensors file starts with an 8-byte header length.");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        var limit = Math.Min(MaxHeader, fileLength - 8);
        return length <= (ulong)limit
            ? (int)length
            : throw new InvalidDataException($"{source}: the header claims {length} bytes, but at most {limit} are possible here.");
    }

    /// <summary>What a tensor of a type that has no place in a model is refused with.</summary>
    public static InvalidDataException WrongType(string source, string name, string type)
        => new($"{source}: tensor {name} has dtype {type}; F32, F16, BF16, I32 or I64 was expected.");

    /// <summary>The strings of __metadata__.</summary>
    public static IReadOnlyDictionary<string, string> Metadata(byte[] header, string source)
    {
        var strings = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var json = JsonDocument.Parse(header);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("__metadata__", out var metadata)) return strings;
            foreach (var entry in metadata.EnumerateObject()) strings[entry.Name] = entry.Value.GetString() ?? "";
            return strings;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{source}: the header's metadata are not strings by name ({e.Message}).", e);
        }
    }

    public static IReadOnlyList<SafetensorsEntry> Parse(byte[] header, long dataLength, string source)
    {
        try
        {
            using var json = JsonDocument.Parse(header);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw new InvalidDataException($"{source}: the header is a JSON {json.RootElement.ValueKind}, but an object of tensors was expected.");
            var names = new HashSet<string>(StringComparer.Ordinal);
            var entries = new List<SafetensorsEntry>();
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (!names.Add(property.Name))
                    throw new InvalidDataException($"{source}: tensor {property.Name} occurs twice in the header; once was expected.");
                if (property.Name != "__metadata__")
                    entries.Add(Entry(property, dataLength, source));
            }

            CheckLayout(entries, dataLength, source);
            return entries;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{source}: the header is not JSON ({e.Message}).", e);
        }
        catch (InvalidOperationException e)
        {
            // What System.Text.Json throws for a name that is not valid Unicode.
            throw new InvalidDataException($"{source}: the header holds a string that is not text ({e.Message}).", e);
        }
    }

    static SafetensorsEntry Entry(JsonProperty property, long dataLength, string source)
    {
        var where = $"{source}: tensor {property.Name}";
        string? type = null;
        long[]? shape = null, offsets = null;
        if (property.Value.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException($"{where} is a JSON {property.Value.ValueKind}, but an object was expected.");
        foreach (var field in property.Value.EnumerateObject())
        {
            var seen = field.Name switch { "dtype" => type is not null, "shape" => shape is not null, "data_offsets" => offsets is not null, _ => true };
            if (seen)
                throw new InvalidDataException($"{where} has a second or unknown field {field.Name}; dtype, shape and data_offsets were expected, once each.");
            if (field.Name == "dtype")
                type = field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString()! : field.Value.GetRawText();
            else if (field.Name == "shape")
                shape = Numbers(field.Value, $"{where}: shape");
            else
                offsets = Numbers(field.Value, $"{where}: data_offsets");
        }

        if (type is null || shape is null || offsets is null)
            throw new InvalidDataException($"{where} lacks {(type is null ? "dtype" : shape is null ? "shape" : "data_offsets")}.");
        var bytes = BytesPerValue(type);
        if (bytes == 0)
            throw WrongType(source, property.Name, type);
        if (offsets.Length != 2 || offsets[0] > offsets[1] || offsets[1] > dataLength)
            throw new InvalidDataException($"{where} has data_offsets [{string.Join(", ", offsets)}]; begin and end within 0..{dataLength} were expected.");
        long count = 1;
        foreach (var size in shape)
        {
            // Both factors are below 2^31 (an int array cannot hold more), so the product cannot overflow.
            if (size > int.MaxValue || (count *= size) > int.MaxValue / bytes)
                throw new InvalidDataException($"{where} has shape [{string.Join(", ", shape)}], more than the 2 GiB a tensor may have.");
        }

        if (offsets[1] - offsets[0] != count * bytes)
            throw new InvalidDataException($"{where} has {offsets[1] - offsets[0]} bytes; its shape [{string.Join(", ", shape)}] of {type} needs {count * bytes}.");
        return new SafetensorsEntry(property.Name, type, Array.ConvertAll(shape, size => (int)size), offsets[0], offsets[1]);
    }

    static long[] Numbers(JsonElement value, string where)
    {
        if (value.ValueKind != JsonValueKind.Array)
            throw new InvalidDataException($"{where} is a JSON {value.ValueKind}, but an array of whole numbers was expected.");
        return value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var number) && number >= 0
            ? number
            : throw new InvalidDataException($"{where} holds {item.GetRawText()}, but a whole number from 0 was expected.")).ToArray();
    }

    /// <summary>Tensors must tile the data: an overlap would alias two tensors, a gap could hide bytes.</summary>
    static void CheckLayout(List<SafetensorsEntry> entries, long dataLength, string source)
    {
        long at = 0;
        foreach (var entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.Begin != at)
                throw new InvalidDataException($"{source}: tensor {entry.Name} begins at {entry.Begin}, but {at} was expected: {(entry.Begin < at ? "it overlaps the one before" : "there is a gap")}.");
            at = entry.End;
        }

        if (at != dataLength)
            throw new InvalidDataException($"{source}: the tensors end at {at}, but the file has {dataLength} bytes of data.");
    }
}
