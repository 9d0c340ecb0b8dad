namespace MpcActors.Actors;

/// <summary>Whether the brackets of a HOCON text match. Akka.NET's reader does not come back from some texts where they do not.</summary>
static class Brackets
{
    const string Open = "[{";
    const string Close = "]}";

    /// <exception cref="FormatException">A bracket outside of strings and comments has no partner; names it and its line.</exception>
    public static void RequireMatching(string text)
    {
        var open = new Stack<(char Bracket, int Line)>();
        var line = 1;
        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            if (character == '\n')
            {
                line++;
            }
            else if (character == '"')
            {
                var end = EndOfString(text, i, line);
                line += text.AsSpan(i, end - i).Count('\n');
                i = end - 1;
            }
            else if (character == '#' || text.AsSpan(i).StartsWith("//", StringComparison.Ordinal))
            {
                // The line break is the next turn's.
                var end = text.IndexOf('\n', i);
                i = (end < 0 ? text.Length : end) - 1;
            }
            else if (Open.Contains(character))
            {
                open.Push((character, line));
            }
            else if (Close.IndexOf(character) is var kind and >= 0 && (!open.TryPop(out var opened) || opened.Bracket != Open[kind]))
            {
                throw new FormatException($"line {line}: '{character}' closes nothing that is open");
            }
        }

        if (open.TryPop(out var last)) throw new FormatException($"line {last.Line}: '{last.Bracket}' is not closed");
    }

    /// <summary>The index behind the string that begins at <paramref name="start"/>.</summary>
    static int EndOfString(string text, int start, int line)
    {
        const string raw = "\"\"\"";
        if (text.AsSpan(start).StartsWith(raw, StringComparison.Ordinal))
        {
            var close = text.IndexOf(raw, start + raw.Length, StringComparison.Ordinal);
            if (close < 0) throw new FormatException($"line {line}: a string is not closed");

            // Quotes that follow the last three belong to the string.
            for (close += raw.Length; close < text.Length && text[close] == '"';) close++;
            return close;
        }

        for (var i = start + 1; i < text.Length && text[i] != '\n'; i++)
        {
            if (text[i] == '\\') i++;
            else if (text[i] == '"') return i + 1;
        }

        throw new FormatException($"line {line}: a string is not closed");
    }
}
