using System.Buffers;
using System.Globalization;
using System.Text.Json.Nodes;
using MessagePack;

namespace MpcActors.Compat.Tests.MessagePackFormat;

/// <summary>The public data set msgpack-test-suite: each value with all its encodings, the shortest first.</summary>
public class TestSuiteTests
{
    static readonly JsonObject Suite = Fixtures.Json("msgpack-test-suite.json").AsObject();

    static IEnumerable<(JsonObject Case, byte[][] Encodings)> Cases(string key) =>
        from file in Suite
        from line in file.Value!.AsArray()
        where line.AsObject().ContainsKey(key)
        select (line.AsObject(), line["msgpack"]!.AsArray().Select(hex => Convert.FromHexString(hex!.GetValue<string>().Replace("-", ""))).ToArray());

    [Fact]
    public void Integers_are_read_from_every_encoding_and_written_in_the_first()
    {
        var cases = Cases("number").Concat(Cases("bignum")).ToArray();
        Assert.True(cases.Length > 25);
        foreach (var (line, encodings) in cases)
        {
            var text = line["bignum"]?.GetValue<string>() ?? line["number"]!.ToJsonString();
            if (!Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)) continue;
            foreach (var bytes in encodings)
            {
                var reader = new MessagePackReader(bytes);
                if (reader.NextMessagePackType is MessagePackType.Float) Assert.Equal((double)value, reader.ReadDouble());
                else if (value > long.MaxValue) Assert.Equal((ulong)value, reader.ReadUInt64());
                else Assert.Equal((long)value, reader.ReadInt64());
                Assert.True(reader.End);
            }

            var written = Tree.Bytes((ref writer) =>
            {
                if (value < 0) writer.Write((long)value);
                else writer.Write((ulong)value);
            });
            var shortest = encodings.Where(bytes => IsOfSign(bytes[0], value)).MinBy(bytes => bytes.Length);
            Assert.Equal(shortest, written);
        }
    }

    // Positive numbers are written unsigned; a signed form of the same length, or a float, is read but never written.
    static bool IsOfSign(byte code, Int128 value) => MessagePackCode.ToMessagePackType(code) is MessagePackType.Integer
        && (value < 0) == (code is >= MessagePackCode.Int8 and <= MessagePackCode.Int64 or >= MessagePackCode.MinNegativeFixInt);

    [Fact]
    public void Fractions_are_read_and_written_in_both_widths()
    {
        foreach (var (line, encodings) in Cases("number").Where(item => item.Encodings[0][0] is MessagePackCode.Float32))
        {
            var value = line["number"]!.GetValue<double>();
            Assert.Equal(encodings[0], Tree.Bytes((ref writer) => writer.Write((float)value)));
            Assert.Equal(encodings[1], Tree.Bytes((ref writer) => writer.Write(value)));
            foreach (var bytes in encodings) Assert.Equal(value, new MessagePackReader(bytes).ReadDouble());
            foreach (var bytes in encodings) Assert.Equal((float)value, new MessagePackReader(bytes).ReadSingle());
        }
    }

    [Fact]
    public void Texts_are_read_from_every_encoding_and_written_in_the_first()
    {
        foreach (var (line, encodings) in Cases("string"))
        {
            var text = line["string"]!.GetValue<string>();
            Assert.All(encodings, bytes => Assert.Equal(text, new MessagePackReader(bytes).ReadString()));
            Assert.Equal(encodings[0], Tree.Bytes((ref writer) => writer.Write(text)));
        }
    }

    [Fact]
    public void Bytes_are_read_from_every_encoding_and_written_in_the_first()
    {
        foreach (var (line, encodings) in Cases("binary"))
        {
            var content = Convert.FromHexString(line["binary"]!.GetValue<string>().Replace("-", ""));
            Assert.All(encodings, bytes => Assert.Equal(content, new MessagePackReader(bytes).ReadBytes()!.Value.ToArray()));
            Assert.Equal(encodings[0], Tree.Bytes((ref writer) => writer.Write(content)));
        }
    }

    [Theory]
    [InlineData("nil")]
    [InlineData("bool")]
    [InlineData("array")]
    [InlineData("map")]
    public void Values_of_other_kinds_are_read_from_every_encoding_and_written_in_the_first(string kind)
    {
        var cases = Cases(kind).ToArray();
        Assert.NotEmpty(cases);
        foreach (var (line, encodings) in cases)
        {
            var value = ToTree(line[kind]);
            Assert.All(encodings, bytes => Assert.True(JsonNode.DeepEquals(value, Tree.Parse(bytes)), line.ToJsonString()));
            Assert.Equal(encodings[0], Tree.Bytes(value));
        }
    }

    [Theory]
    [InlineData("timestamp")]
    [InlineData("ext")]
    public void Extensions_are_recognised_and_no_read_takes_them_for_something_else(string kind)
    {
        foreach (var bytes in Cases(kind).SelectMany(item => item.Encodings))
        {
            Assert.Equal(MessagePackType.Extension, new MessagePackReader(bytes).NextMessagePackType);
            Assert.Throws<MessagePackSerializationException>(() => new MessagePackReader(bytes).ReadInt64());
            Assert.Throws<MessagePackSerializationException>(() => new MessagePackReader(bytes).ReadBytes());
            Assert.Throws<MessagePackSerializationException>(() => new MessagePackReader(bytes).ReadString());
            Assert.Throws<MessagePackSerializationException>(() => new MessagePackReader(bytes).ReadArrayHeader());
        }
    }

    static JsonNode? ToTree(JsonNode? json) => json switch
    {
        JsonArray items => new JsonArray([.. items.Select(ToTree)]),
        JsonObject pairs => Tree.Tagged("map", new JsonArray([.. pairs.Select(pair => (JsonNode)new JsonArray(pair.Key, ToTree(pair.Value)))])),
        _ => json?.DeepClone(),
    };
}
