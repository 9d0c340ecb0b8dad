using System.Globalization;
using System.Text;

namespace Akka.Configuration.Hocon.Internals;

/// <summary>Text to tree: a recursive descent that knows its line, then <see cref="HoconResolver"/> fills the substitutions in.</summary>
internal sealed class HoconReader
{
    private const string Reserved = "$\"{}[]:=,#`^?!@*&\\";
    private const int DeepestNesting = 200;

    private readonly string text;
    private int at;
    private int depth;

    private HoconReader(string text) => this.text = text;

    public static HoconValue Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var reader = new HoconReader(text);
        var root = new HoconNodes.Object();
        reader.SkipBlank();
        if (reader.Peek == '{')
        {
            reader.ReadBraces(root);
            reader.SkipBlank();
            if (!reader.AtEnd) throw reader.Error($"unexpected '{reader.Peek}' after the last closing brace");
        }
        else
        {
            reader.ReadEntries(root);
            if (!reader.AtEnd) throw reader.Error("unexpected '}' without its opening brace");
        }
        return new HoconResolver(root).Resolve();
    }

    private bool AtEnd => at >= text.Length;
    private char Peek => AtEnd ? '\0' : text[at];
    private bool Starts(string what) => string.CompareOrdinal(text, at, what, 0, what.Length) == 0;
    private bool AtComment => Peek == '#' || Starts("//");
    private int Line => 1 + text.AsSpan(0, Math.Min(at, text.Length)).Count('\n');

    private ConfigurationException Error(string message) => new(string.Create(CultureInfo.InvariantCulture, $"HOCON, line {Line}: {message}."));

    private void ReadBraces(HoconNodes.Object into)
    {
        Enter();
        at++;
        ReadEntries(into);
        if (Peek != '}') throw Error("an object is not closed, '}' is missing");
        at++;
        depth--;
    }

    private void ReadEntries(HoconNodes.Object into)
    {
        for (SkipBlank(); !AtEnd && Peek != '}'; SkipBlank())
        {
            ReadEntry(into);
            SkipSpaces();
            if (Peek == ',') at++;
        }
    }

    private void ReadEntry(HoconNodes.Object into)
    {
        var path = ReadKey();
        SkipBlank();
        if (Starts("+=") || path[^1].EndsWith('+')) throw Error("'+=' is not known to Akka.NET; write the whole list");
        var assigned = Peek is '=' or ':';
        if (assigned) at++;
        else if (Peek != '{') throw Error($"after the key '{string.Join('.', path)}' comes '=', ':' or '{{'");
        SkipBlank();
        if (AtEnd) throw Error($"the key '{string.Join('.', path)}' has no value");
        Enter(path.Count);
        var value = ReadValue();
        depth -= path.Count;
        // Akka.NET reads a comma after a value, not after a block.
        if (!assigned && Peek == ',') throw Error($"no comma may follow '{string.Join('.', path)} {{ ... }}'; write '=' before the brace, or begin a new line");

        var owner = into;
        foreach (var key in path[..^1]) owner = owner.Nested(key);
        owner.Put(path[^1], value);
    }

    private List<string> ReadKey()
    {
        var path = new List<string>();
        while (true)
        {
            SkipSpaces();
            if (Peek == '"')
            {
                path.Add(ReadQuoted());
                SkipSpaces();
            }
            else
            {
                var start = at;
                while (!AtEnd && Peek is not ('\n' or '.') && !Reserved.Contains(Peek) && !AtComment) at++;
                var key = text[start..at].Trim();
                if (key.Length == 0) throw Error(AtEnd ? "a key is missing at the end" : $"expected a key, found '{Peek}'");
                if (path.Count == 0 && (key == "include" || key.StartsWith("include ", StringComparison.Ordinal)))
                    throw Error("'include' has nothing to include from; join configurations with WithFallback");
                path.Add(key);
            }
            if (path.Count > DeepestNesting) throw Error("a key with too many dots");
            if (Peek != '.') return path;
            at++;
        }
    }

    /// <summary>Everything up to the end of the line, a comma or a closing bracket, joined.</summary>
    private HoconNodes.Value ReadValue()
    {
        Enter();
        var value = new HoconNodes.Value(Line);
        while (true)
        {
            var gap = ReadSpaces();
            if (AtEnd || Peek is '\n' or ',' or '}' or ']' || AtComment) break;
            if (value.Parts.Count > 0 && gap.Length > 0) value.Parts.Add(new HoconNodes.Text(gap, IsGap: true));
            value.Parts.Add(ReadPart());
        }
        if (value.Parts.Count == 0) throw Error("a value is missing");
        depth--;
        return value;
    }

    private HoconNodes.Part ReadPart()
    {
        switch (Peek)
        {
            case '{':
                var obj = new HoconNodes.Object();
                ReadBraces(obj);
                return obj;
            case '[':
                return ReadArray();
            case '"':
                return new HoconNodes.Text(Starts("\"\"\"") ? ReadTripleQuoted() : ReadQuoted());
            case '$':
                return ReadSubstitution();
        }
        var start = at;
        while (!AtEnd && !char.IsWhiteSpace(Peek) && !Reserved.Contains(Peek) && !AtComment) at++;
        if (at == start || Peek is '=' or ':')
            throw Error($"'{Peek}' must stand in quotes; an object stands in braces");
        return new HoconNodes.Text(text[start..at]);
    }

    private HoconNodes.Array ReadArray()
    {
        Enter();
        at++;
        var items = new List<HoconNodes.Value>();
        for (SkipBlank(); Peek != ']'; SkipBlank())
        {
            if (AtEnd || Peek == '}') throw Error("an array is not closed, ']' is missing");
            items.Add(ReadValue());
            if (Peek == ',') at++;
        }
        at++;
        depth--;
        return new HoconNodes.Array(items);
    }

    private HoconNodes.Substitution ReadSubstitution()
    {
        if (!Starts("${")) throw Error("'$' must stand in quotes, or begin a substitution ${path}");
        if (Starts("${?")) throw Error("optional substitutions ${?path} are not read here; use WithFallback");
        var end = text.IndexOf('}', at);
        var path = end < 0 ? "" : text[(at + 2)..end].Trim();
        if (path.Length == 0 || path.Contains('\n')) throw Error("a substitution is written ${path}");
        var line = Line;
        at = end + 1;
        return new HoconNodes.Substitution(HoconPath.Split(path), path, line);
    }

    private string ReadTripleQuoted()
    {
        var end = text.IndexOf("\"\"\"", at + 3, StringComparison.Ordinal);
        if (end < 0) throw Error("a text in triple quotes is not closed");
        var content = text[(at + 3)..end];
        at = end + 3;
        return content;
    }

    private string ReadQuoted()
    {
        var sb = new StringBuilder();
        for (at++; Peek != '"'; at++)
        {
            if (AtEnd || Peek == '\n') throw Error("a text in quotes is not closed on its line");
            sb.Append(Peek == '\\' ? ReadEscape() : Peek);
        }
        at++;
        return sb.ToString();
    }

    private char ReadEscape()
    {
        at++;
        switch (Peek)
        {
            case '"' or '\\' or '/': return Peek;
            case 'b': return '\b';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'u' when at + 4 < text.Length && ushort.TryParse(text.AsSpan(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                at += 4;
                return (char)code;
            default: throw Error($"unknown escape '\\{Peek}'");
        }
    }

    private void Enter(int levels = 1)
    {
        depth += levels;
        if (depth > DeepestNesting) throw Error("nested too deeply");
    }

    private string ReadSpaces()
    {
        var start = at;
        SkipSpaces();
        return text[start..at];
    }

    private void SkipSpaces()
    {
        while (!AtEnd && Peek != '\n' && char.IsWhiteSpace(Peek)) at++;
    }

    private void SkipBlank()
    {
        while (!AtEnd)
        {
            if (char.IsWhiteSpace(Peek)) at++;
            else if (AtComment) while (!AtEnd && Peek != '\n') at++;
            else return;
        }
    }
}
