using System.Globalization;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace MpcActors.Compat.Tests.MessagePackFormat;

/// <summary>Random values. A JSON node has one parent for life, so the generator gives the JSON text.</summary>
static class Trees
{
    public static JsonNode? Create(string json) => JsonNode.Parse(json);

    // FsCheck's own ulong is small as long as the run is young.
    static Gen<ulong> Bits { get; } = ArbMap.Default.GeneratorFor<DoNotSize<ulong>>().Select(bits => bits.Item);

    /// <summary>As many of each width, so that every form of a number occurs.</summary>
    public static Gen<Int128> Integers { get; } =
        from bits in Bits
        from width in Gen.Choose(1, 64)
        from negative in Gen.Elements(true, false)
        let magnitude = bits >> (64 - width)
        select negative && magnitude <= 1UL << 63 ? -(Int128)magnitude : magnitude;

    /// <summary>Text without halves of surrogate pairs, which UTF-8 cannot say.</summary>
    public static Gen<string> Texts { get; } =
        Gen.ArrayOf(Gen.OneOf(Gen.Choose(0, 0x7f), Gen.Choose(0x80, 0xd7ff), Gen.Choose(0xe000, 0x10ffff)))
            .Select(runes => string.Concat(runes.Select(char.ConvertFromUtf32)));

    static Gen<string> Leaf { get; } = Gen.OneOf(
        Gen.Elements("null", "true", "false"),
        Integers.Select(number => number.ToString(CultureInfo.InvariantCulture)),
        // The NaNs differ from one language to the next.
        Bits.Where(bits => !double.IsNaN(BitConverter.UInt64BitsToDouble(bits))).Select(bits => $"{{\"f64\":\"{bits:x16}\"}}"),
        Gen.ArrayOf(ArbMap.Default.GeneratorFor<byte>()).Select(bytes => $"{{\"bin\":\"{Convert.ToHexStringLower(bytes)}\"}}"),
        Texts.Select(text => JsonValue.Create(text)!.ToJsonString()));

    public static Gen<string> Any { get; } = Gen.Sized(size => OfDepth(size > 40 ? 3 : 2));

    static Gen<string> OfDepth(int depth) => depth == 0 ? Leaf : Gen.OneOf(
        Leaf,
        Gen.ArrayOf(OfDepth(depth - 1)).Select(items => $"[{string.Join(',', items)}]"),
        Gen.ArrayOf(OfDepth(depth - 1)).Select(items => $"{{\"map\":[{string.Join(',', items.Select((item, index) => $"[{index},{item}]"))}]}}"));
}
