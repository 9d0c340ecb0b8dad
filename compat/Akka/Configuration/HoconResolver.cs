using System.Text;

namespace Akka.Configuration.Hocon.Internals;

/// <summary>Fills substitutions in from the same text, refuses cycles and texts that grow without bound.</summary>
internal sealed class HoconResolver(HoconNodes.Object root)
{
    private const int DeepestResolution = 500;
    private const int LargestResult = 1 << 20;
    private int depth;

    public HoconValue Resolve() => Resolve(root);

    private HoconValue Resolve(HoconNodes.Object obj)
    {
        var items = new Dictionary<string, HoconValue>();
        foreach (var (key, value) in obj.Items) items[key] = Resolve(value);
        return HoconValue.Of(new HoconObject(items));
    }

    private HoconValue Resolve(HoconNodes.Value value)
    {
        if (value.Resolved is not null) return value.Resolved;
        if (value.Resolving || depth > DeepestResolution) throw Error(value.Line, "a value refers to itself, or through too many others");
        value.Resolving = true;
        depth++;
        var result = Join(value);
        for (var before = value.Before; before is not null && result.IsObject(); before = before.Before)
        {
            var lower = before.Resolved ?? Join(before);
            if (!lower.IsObject()) break;
            result = HoconValue.Merge(lower, result);
        }
        depth--;
        value.Resolving = false;
        return value.Resolved = result;
    }

    private HoconValue Join(HoconNodes.Value value)
    {
        var parts = new List<(HoconValue Value, bool IsGap)>();
        foreach (var part in value.Parts)
            parts.Add(part switch
            {
                HoconNodes.Text text => (HoconValue.Of(text.Content), text.IsGap),
                HoconNodes.Array array => (HoconValue.Of(array.Items.ConvertAll(Resolve)), false),
                HoconNodes.Object obj => (Resolve(obj), false),
                HoconNodes.Substitution substitution => (Find(substitution), false),
                _ => throw new InvalidOperationException(),
            });
        if (parts.Count == 1) return parts[0].Value;

        var solid = parts.Where(p => !p.IsGap).Select(p => p.Value).ToList();
        if (solid.TrueForAll(v => v.IsObject())) return solid.Aggregate(HoconValue.Merge);
        if (solid.TrueForAll(v => v.IsArray()))
        {
            var items = new List<HoconValue>();
            foreach (var item in solid)
            {
                items.AddRange(item.GetArray());
                if (items.Count > LargestResult) throw Error(value.Line, "an array grows too long");
            }
            return HoconValue.Of(items);
        }
        if (!solid.TrueForAll(v => v.IsString())) throw Error(value.Line, "texts, arrays and objects cannot be joined with one another");
        var joined = new StringBuilder();
        foreach (var (item, _) in parts)
        {
            joined.Append(item.GetString());
            if (joined.Length > LargestResult) throw Error(value.Line, "a text grows too long");
        }
        return HoconValue.Of(joined.ToString());
    }

    private HoconValue Find(HoconNodes.Substitution substitution)
    {
        var obj = root;
        for (var i = 0; i < substitution.Path.Count; i++)
        {
            if (obj is null || !obj.Items.TryGetValue(substitution.Path[i], out var value)) break;
            if (i == substitution.Path.Count - 1) return Resolve(value);
            if (value.OnlyObject is { } nested && value.Before is null) obj = nested;
            else
            {
                var found = Resolve(value);
                foreach (var key in substitution.Path[(i + 1)..]) found = found?.GetChildObject(key);
                return found ?? throw Unresolved(substitution);
            }
        }
        throw Unresolved(substitution);
    }

    private static ConfigurationException Unresolved(HoconNodes.Substitution substitution) =>
        Error(substitution.Line, $"the substitution ${{{substitution.Shown}}} finds no such setting in this text");

    private static ConfigurationException Error(int line, string message) => new($"HOCON, line {line}: {message}.");
}
