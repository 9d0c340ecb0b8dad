using System.Numerics;
using System.Globalization;
using System.Text;
using Akka.Configuration.Hocon.Internals;

namespace Akka.Configuration.Hocon;

public sealed class HoconRoot(HoconValue value)
{
    public HoconValue Value { get; } = value;
}

public sealed class HoconObject
{
    internal HoconObject(Dictionary<string, HoconValue> items = null) => Items = items ?? [];

    public Dictionary<string, HoconValue> Items { get; }
}

/// <summary>A text, an array or an object, all substitutions resolved.</summary>
public sealed class HoconValue
{
    private readonly string text;
    private readonly IList<HoconValue> array;
    private readonly HoconObject obj;

    private HoconValue(string text, IList<HoconValue> array, HoconObject obj) => (this.text, this.array, this.obj) = (text, array, obj);

    internal static HoconValue Of(string text) => new(text, null, null);
    internal static HoconValue Of(IList<HoconValue> array) => new(null, array, null);
    internal static HoconValue Of(HoconObject obj) => new(null, null, obj);

    /// <summary>Objects merge key by key; anything else in <paramref name="high"/> hides <paramref name="low"/>.</summary>
    internal static HoconValue Merge(HoconValue low, HoconValue high)
    {
        if (!low.IsObject() || !high.IsObject()) return high;
        var items = new Dictionary<string, HoconValue>(low.obj.Items);
        foreach (var (key, value) in high.obj.Items)
            items[key] = items.TryGetValue(key, out var lower) ? Merge(lower, value) : value;
        return Of(new HoconObject(items));
    }

    public bool IsEmpty => obj is not null ? obj.Items.Count == 0 : array is null && text is null;
    public bool IsString() => text is not null;
    public bool IsArray() => array is not null;
    public bool IsObject() => obj is not null;

    public HoconObject GetObject() => obj;
    public HoconValue GetChildObject(string key) => obj is not null && obj.Items.TryGetValue(key, out var child) ? child : null;
    public IList<HoconValue> GetArray() => array ?? throw new FormatException($"expected an array such as [a, b], found {Describe()}");
    public string GetString() => text;

    public bool GetBoolean() => text switch
    {
        "on" or "true" => true,
        "off" or "false" => false,
        _ => throw new NotSupportedException($"expected on, off, true or false, found {Describe()}"),
    };

    public int GetInt() => Parse<int>("a whole number", NumberStyles.Integer);
    public long GetLong() => Parse<long>("a whole number", NumberStyles.Integer);
    public float GetFloat() => Parse<float>("a number");
    public double GetDouble() => Parse<double>("a number");
    public decimal GetDecimal() => Parse<decimal>("a number");
    public long? GetByteSize() => IsString() ? HoconUnits.Bytes(text) : throw new FormatException($"expected a size such as 64KiB, found {Describe()}");

    public TimeSpan GetTimeSpan(bool allowInfinite = true) =>
        IsString() ? HoconUnits.Duration(text, allowInfinite) : throw new FormatException($"expected a duration such as 80 ms, found {Describe()}");

    public IList<string> GetStringList() => GetArray().Select(v => v.GetString()).ToList();
    public IList<int> GetIntList() => GetArray().Select(v => v.GetInt()).ToList();
    public IList<long> GetLongList() => GetArray().Select(v => v.GetLong()).ToList();
    public IList<double> GetDoubleList() => GetArray().Select(v => v.GetDouble()).ToList();

    /// <summary>HOCON that reads back as the same value.</summary>
    public override string ToString()
    {
        var sb = new StringBuilder();
        if (obj is not null) HoconWriter.WriteItems(sb, obj, 0);
        else HoconWriter.Write(sb, this, 0);
        return sb.ToString();
    }

    private T Parse<T>(string what, NumberStyles style = NumberStyles.Float) where T : INumberBase<T> =>
        text is not null && T.TryParse(text, style, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new FormatException($"expected {what}, found {Describe()}");

    private string Describe() => text is not null ? $"'{text}'" : array is not null ? "an array" : "an object";
}
