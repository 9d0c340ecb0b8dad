using Akka.Configuration;

namespace MpcActors.Cli;

/// <summary>A section of a HOCON file, read with messages that name file, setting, what it is and what would do.</summary>
sealed class Section(Config config, string file, string path)
{
    public static Section Of(Config root, string file, string path, params string[] keys)
    {
        if (!root.HasPath(path) || !root.GetValue(path).IsObject()) throw new BadInputException($"'{file}' has no section {path}");
        var section = new Section(root.GetConfig(path), file, path);
        foreach (var (key, _) in section.Entries)
            if (!keys.Contains(key)) throw new BadInputException($"'{file}' has {path}.{key}, which is not known: use {string.Join(", ", keys)}{Nearest.Hint(key, keys)}");
        return section;
    }

    /// <summary>How messages call it.</summary>
    public string Place => $"'{file}': {path}";

    IEnumerable<KeyValuePair<string, Akka.Configuration.Hocon.HoconValue>> Entries => config.AsEnumerable();

    public bool Has(string key) => config.HasPath(key);

    public string Text(string key) => Has(key) ? Text(key, "") : throw new BadInputException($"'{file}' lacks {path}.{key}");

    public string Text(string key, string initial) => Read(key, initial, () => config.GetString(key));

    public string Choice(string key, string initial, string[] values)
    {
        var text = Text(key, initial);
        return values.Contains(text) ? text : throw Bad(key, $"one of {string.Join(", ", values)}{Nearest.Hint(text, values)}");
    }

    public int Count(string key, int initial, int least = 1, int most = 1_000_000)
    {
        var number = Read(key, initial, () => config.GetInt(key));
        return number >= least && number <= most ? number : throw Bad(key, $"a whole number from {least} to {most}");
    }

    /// <summary>A number above 0; null where it is left out.</summary>
    public double? Positive(string key)
    {
        if (!Has(key)) return null;
        var number = Read(key, 0, () => config.GetDouble(key));
        return number > 0 && double.IsFinite(number) ? number : throw Bad(key, "a number above 0");
    }

    public bool Flag(string key) => Has(key) && config.GetString(key) switch
    {
        "true" or "on" => true,
        "false" or "off" => false,
        _ => throw Bad(key, "true or false"),
    };

    public ulong Seed(string key, ulong initial) => Has(key)
        ? ulong.TryParse(config.GetString(key), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? number : throw Bad(key, $"a whole number from 0 to {ulong.MaxValue}")
        : initial;

    public TimeSpan Time(string key, TimeSpan initial)
    {
        var time = Read(key, initial, () => config.GetTimeSpan(key, null, allowInfinite: false));
        return time > TimeSpan.Zero ? time : throw Bad(key, "a time such as 30s");
    }

    /// <summary>A time that may be negative: -1h.</summary>
    public TimeSpan SignedTime(string key, TimeSpan initial)
    {
        if (!Has(key)) return initial;
        var text = Text(key);
        var isBack = text.StartsWith('-');
        try
        {
            var time = ConfigurationFactory.ParseString($"{key} = {text.TrimStart('-')}").GetTimeSpan(key, null, allowInfinite: false);
            return isBack ? -time : time;
        }
        catch (Exception problem) when (problem is ConfigurationException or FormatException or OverflowException or ArgumentException or InvalidOperationException)
        {
            throw Bad(key, "a time such as 1h or -30s");
        }
    }

    public long Bytes(string key, long initial, long least, long most)
    {
        var bytes = Read(key, initial, () => config.GetByteSize(key, null) ?? 0);
        return bytes >= least && bytes <= most ? bytes : throw Bad(key, $"a size from {least} to {most} bytes, such as 64MiB");
    }

    public string[] Texts(string key) => Has(key) ? [.. Read(key, new List<string>(), () => config.GetStringList(key))] : [];

    /// <param name="reason">Of what they are, and why none of them may be there.</param>
    public void Refuse(IEnumerable<string> keys, string reason)
    {
        if (keys.Where(Has).ToArray() is { Length: > 0 } found) throw new BadInputException($"'{file}' has {string.Join(", ", found.Select(key => $"{path}.{key}"))}: {(found.Length == 1 ? "a setting" : "settings")} {reason}");
    }

    public BadInputException Bad(string key, string right) => new($"'{file}': {path}.{key} is {config.GetValue(key)}, but must be {right}");

    T Read<T>(string key, T initial, Func<T> read)
    {
        if (!Has(key)) return initial;
        try
        {
            return read();
        }
        catch (Exception problem) when (problem is ConfigurationException or FormatException or OverflowException or ArgumentException or InvalidOperationException)
        {
            throw new BadInputException($"'{file}': {path}.{key}: {problem.Message}", problem);
        }
    }
}
