using System.Buffers;
using System.Globalization;
using System.Text.Json.Nodes;
using MessagePack;

namespace MpcActors.Compat.Tests.MessagePackFormat;

delegate void WriteTokens(ref MessagePackWriter writer);

delegate T ReadTokens<T>(ref MessagePackReader reader);

/// <summary>Any value, in the JSON that Fixtures/vectors.py describes, to MessagePack and back.</summary>
static class Tree
{
    public static byte[] Bytes(WriteTokens write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        write(ref writer);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public static byte[] Bytes(JsonNode? value) => Bytes((ref writer) => Write(ref writer, value));

    public static JsonNode? Parse(byte[] bytes)
    {
        var reader = new MessagePackReader(bytes);
        var value = Read(ref reader);
        Assert.True(reader.End, $"{bytes.Length - reader.Consumed} bytes are left");
        return value;
    }

    static void Write(ref MessagePackWriter writer, JsonNode? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNil();
                break;
            case JsonArray items:
                writer.WriteArrayHeader(items.Count);
                foreach (var item in items) Write(ref writer, item);
                break;
            case JsonObject tagged:
                var (kind, content) = tagged.Single();
                WriteTagged(ref writer, kind, content!);
                break;
            case JsonValue scalar when scalar.TryGetValue(out bool boolean):
                writer.Write(boolean);
                break;
            case JsonValue scalar when scalar.TryGetValue(out string? text):
                writer.Write(text);
                break;
            case JsonValue scalar when scalar.TryGetValue(out long number):
                writer.Write(number);
                break;
            default:
                writer.Write(value.GetValue<ulong>());
                break;
        }
    }

    static void WriteTagged(ref MessagePackWriter writer, string kind, JsonNode content)
    {
        switch (kind)
        {
            case "f32":
                writer.Write(BitConverter.UInt32BitsToSingle(uint.Parse(content.GetValue<string>(), NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
                break;
            case "f64":
                writer.Write(BitConverter.UInt64BitsToDouble(ulong.Parse(content.GetValue<string>(), NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
                break;
            case "bin":
                writer.Write(Convert.FromHexString(content.GetValue<string>()));
                break;
            case "map":
                writer.WriteMapHeader(content.AsArray().Count);
                foreach (var pair in content.AsArray())
                {
                    Write(ref writer, pair![0]);
                    Write(ref writer, pair[1]);
                }

                break;
            default:
                throw new ArgumentException($"a value is tagged f32, f64, bin or map, not {kind}");
        }
    }

    public static JsonNode? Read(ref MessagePackReader reader)
    {
        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Nil:
                reader.ReadNil();
                return null;
            case MessagePackType.Boolean:
                return reader.ReadBoolean();
            case MessagePackType.Integer when reader.NextCode is MessagePackCode.UInt64:
                return reader.ReadUInt64();
            case MessagePackType.Integer:
                return reader.ReadInt64();
            case MessagePackType.Float when reader.NextCode is MessagePackCode.Float32:
                return Tagged("f32", BitConverter.SingleToUInt32Bits(reader.ReadSingle()).ToString("x8", CultureInfo.InvariantCulture));
            case MessagePackType.Float:
                return Tagged("f64", BitConverter.DoubleToUInt64Bits(reader.ReadDouble()).ToString("x16", CultureInfo.InvariantCulture));
            case MessagePackType.String:
                return reader.ReadString();
            case MessagePackType.Binary:
                return Tagged("bin", Convert.ToHexStringLower(reader.ReadBytes()!.Value.ToArray()));
            case MessagePackType.Array:
                var items = new JsonArray();
                for (var left = reader.ReadArrayHeader(); left > 0; left--) items.Add(Read(ref reader));
                return items;
            case MessagePackType.Map:
                var pairs = new JsonArray();
                for (var left = reader.ReadMapHeader(); left > 0; left--) pairs.Add((JsonNode)new JsonArray(Read(ref reader), Read(ref reader)));
                return Tagged("map", pairs);
            default:
                throw new MessagePackSerializationException($"code 0x{reader.NextCode:x2} has no place in a tree");
        }
    }

    public static JsonObject Tagged(string kind, JsonNode content) => new() { [kind] = content };
}
