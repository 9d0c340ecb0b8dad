using System.Globalization;
using Akka.Configuration.Hocon;
using Akka.Configuration.Hocon.Internals;

namespace Akka.Configuration;

/// <summary>An immutable tree of settings. A missing path gives the default; a value of the wrong kind throws.</summary>
public class Config
{
    public static readonly Config Empty = new();

    private readonly HoconValue own;

    public Config() : this(new HoconRoot(HoconValue.Of(new HoconObject()))) { }

    public Config(HoconRoot root)
    {
        ArgumentNullException.ThrowIfNull(root?.Value, nameof(root));
        own = Root = root.Value;
    }

    public Config(Config source, Config fallback)
    {
        ArgumentNullException.ThrowIfNull(source);
        own = source.own;
        Fallback = fallback;
        Root = fallback is null ? source.Root : HoconValue.Merge(fallback.Root, source.Root);
    }

    public Config Fallback { get; }

    public HoconValue Root { get; }

    public virtual bool IsEmpty => Root.IsEmpty;

    public virtual bool HasPath(string path) => GetValue(path) is not null;

    public HoconValue GetValue(string path)
    {
        var value = Root;
        foreach (var key in HoconPath.Split(path))
        {
            value = value.GetChildObject(key);
            if (value is null) return null;
        }
        return value;
    }

    public virtual string GetString(string path, string @default = null) => Get(path, @default, v => v.GetString());
    public virtual bool GetBoolean(string path, bool @default = false) => Get(path, @default, v => v.GetBoolean());
    public virtual int GetInt(string path, int @default = 0) => Get(path, @default, v => v.GetInt());
    public virtual long GetLong(string path, long @default = 0) => Get(path, @default, v => v.GetLong());
    public virtual float GetFloat(string path, float @default = 0) => Get(path, @default, v => v.GetFloat());
    public virtual double GetDouble(string path, double @default = 0) => Get(path, @default, v => v.GetDouble());
    public virtual decimal GetDecimal(string path, decimal @default = 0) => Get(path, @default, v => v.GetDecimal());
    public virtual long? GetByteSize(string path) => Get(path, null, v => v.GetByteSize());
    public virtual long? GetByteSize(string path, long? def = null) => Get(path, def, v => v.GetByteSize());

    public virtual TimeSpan GetTimeSpan(string path, TimeSpan? @default = null, bool allowInfinite = true) =>
        Get(path, @default.GetValueOrDefault(), v => v.GetTimeSpan(allowInfinite));

    public virtual IList<string> GetStringList(string path) => Get(path, new List<string>(), v => v.GetStringList());
    public virtual IList<string> GetStringList(string path, string[] defaultPaths) => Get(path, defaultPaths, v => v.GetStringList());
    public virtual IList<int> GetIntList(string path) => Get(path, null, v => v.GetIntList()) ?? throw Missing(path);
    public virtual IList<long> GetLongList(string path) => Get(path, null, v => v.GetLongList()) ?? throw Missing(path);
    public virtual IList<double> GetDoubleList(string path) => Get(path, null, v => v.GetDoubleList()) ?? throw Missing(path);

    /// <summary>The subtree at the path, or null where there is none.</summary>
    public virtual Config GetConfig(string path) => GetValue(path) is { } value ? new Config(new HoconRoot(value)) : null;

    public virtual Config WithFallback(Config fallback)
    {
        if (fallback == this) throw new ArgumentException("Config can not have itself as fallback", nameof(fallback));
        if (fallback is null) return this;
        return IsEmpty ? fallback : new Config(this, fallback);
    }

    public virtual IEnumerable<KeyValuePair<string, HoconValue>> AsEnumerable() => Root.GetObject()?.Items ?? [];

    public override string ToString() => own.ToString();

    public string ToString(bool includeFallback) => includeFallback ? Root.ToString() : ToString();

    public static Config operator +(Config config, string fallback) => config.WithFallback(ConfigurationFactory.ParseString(fallback));
    public static Config operator +(string configHocon, Config fallbackConfig) => ConfigurationFactory.ParseString(configHocon).WithFallback(fallbackConfig);
    public static implicit operator Config(string str) => ConfigurationFactory.ParseString(str);

    private T Get<T>(string path, T @default, Func<HoconValue, T> read)
    {
        var value = GetValue(path);
        if (value is null) return @default;
        try
        {
            return read(value);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            throw new ConfigurationException(string.Create(CultureInfo.InvariantCulture, $"Setting '{path}': {e.Message}"), e);
        }
    }

    private static ConfigurationException Missing(string path) => new($"Setting '{path}' is missing.");
}

public static class ConfigExtensions
{
    public static bool IsNullOrEmpty(this Config config) => config is null || config.IsEmpty;

    public static Config SafeWithFallback(this Config config, Config fallback) =>
        config is null ? fallback : ReferenceEquals(config, fallback) ? config : config.WithFallback(fallback);
}
