namespace Akka.Configuration.Hocon.Internals;

/// <summary>What the text says before substitutions are known.</summary>
internal static class HoconNodes
{
    public abstract record Part;

    public sealed record Text(string Content, bool IsGap = false) : Part;

    public sealed record Array(List<Value> Items) : Part;

    public sealed record Substitution(List<string> Path, string Shown, int Line) : Part;

    /// <summary>One assignment, and the assignment to the same key before it, which an object merges with.</summary>
    public sealed class Value(int line)
    {
        public int Line { get; } = line;
        public List<Part> Parts { get; } = [];
        public Value Before { get; set; }
        public bool Resolving { get; set; }
        public HoconValue Resolved { get; set; }
        public bool HasSubstitution => Parts.Exists(p => p is Substitution);
        public Object OnlyObject => Parts is [Object only] ? only : null;
    }

    public sealed record Object : Part
    {
        public Dictionary<string, Value> Items { get; } = [];

        public void Put(string key, Value value)
        {
            if (Items.TryGetValue(key, out var before))
            {
                if (value.OnlyObject is { } added && before.OnlyObject is { } present)
                {
                    foreach (var (name, item) in added.Items) present.Put(name, item);
                    return;
                }
                if (value.HasSubstitution || value.OnlyObject is not null) value.Before = before;
            }
            Items[key] = value;
        }

        public Object Nested(string key)
        {
            if (Items.TryGetValue(key, out var present) && present.OnlyObject is { } nested) return nested;
            var value = new Value(present?.Line ?? 0);
            var created = new Object();
            value.Parts.Add(created);
            Put(key, value);
            return created;
        }
    }
}
