using System.Text.Json.Nodes;
using MessagePack;

namespace MpcActors.Compat.Tests.MessagePackFormat;

public class GoldenVectorTests
{
    static JsonObject[] Lines(string key) =>
        [.. Fixtures.Json("golden.json").AsArray().Select(line => line!.AsObject()).Where(line => line.ContainsKey(key))];

    [Fact]
    public void Every_value_becomes_the_bytes_that_another_implementation_writes()
    {
        var lines = Lines("value");
        Assert.NotEmpty(lines);
        foreach (var line in lines)
            Assert.Equal(line["bytes"]!.GetValue<string>(), Convert.ToHexStringLower(Tree.Bytes(line["value"])));
    }

    [Fact]
    public void The_bytes_that_another_implementation_writes_become_the_value()
    {
        foreach (var line in Lines("value"))
        {
            var read = Tree.Parse(Convert.FromHexString(line["bytes"]!.GetValue<string>()));
            Assert.True(JsonNode.DeepEquals(line["value"], read), $"{line} was read as {read?.ToJsonString() ?? "null"}");
        }
    }

    [Fact]
    public void Every_header_is_the_shortest_for_its_count()
    {
        var lines = Lines("header");
        Assert.NotEmpty(lines);
        foreach (var line in lines)
        {
            var count = line["count"]!.GetValue<int>();
            var bytes = Tree.Bytes((ref writer) => WriteHeader(ref writer, line["header"]!.GetValue<string>(), count));
            Assert.Equal(line["bytes"]!.GetValue<string>(), Convert.ToHexStringLower(bytes));
        }
    }

    [Fact]
    public void Every_header_gives_its_count_back()
    {
        foreach (var line in Lines("header"))
        {
            var count = line["count"]!.GetValue<int>();
            var header = Convert.FromHexString(line["bytes"]!.GetValue<string>());
            var reader = new MessagePackReader(header.Concat(new byte[Math.Min(count, 1 << 16)]).ToArray());
            var read = line["header"]!.GetValue<string>() switch
            {
                "str" => reader.ReadStringSequence()!.Value.Length,
                "bin" => reader.ReadBytes()!.Value.Length,
                "array" => reader.TryReadArrayHeader(out var items) ? items : -1,
                _ => reader.TryReadMapHeader(out var pairs) ? pairs : -1,
            };
            Assert.Equal(count, read);
        }
    }

    [Fact]
    public void A_text_carries_the_header_of_its_length_in_bytes()
    {
        foreach (var line in Lines("header").Where(line => line["header"]!.GetValue<string>() is "str" or "bin"))
        {
            var count = line["count"]!.GetValue<int>();
            var isText = line["header"]!.GetValue<string>() is "str";
            var bytes = Tree.Bytes((ref writer) =>
            {
                if (isText) writer.Write(new string('a', count));
                else writer.Write(Enumerable.Repeat((byte)'a', count).ToArray());
            });
            Assert.Equal(line["bytes"]!.GetValue<string>() + string.Concat(Enumerable.Repeat("61", count)), Convert.ToHexStringLower(bytes));
        }
    }

    static void WriteHeader(ref MessagePackWriter writer, string kind, int count)
    {
        switch (kind)
        {
            case "str": writer.WriteStringHeader(count); break;
            case "bin": writer.WriteBinHeader(count); break;
            case "array": writer.WriteArrayHeader(count); break;
            default: writer.WriteMapHeader(count); break;
        }
    }
}
