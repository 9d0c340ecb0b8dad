using System.Globalization;
using System.Text;

namespace Akka.Configuration.Hocon.Internals;

internal static class HoconWriter
{
    public static void WriteItems(StringBuilder sb, HoconObject obj, int indent)
    {
        foreach (var (key, value) in obj.Items)
        {
            sb.Append(' ', indent * 2);
            WriteText(sb, key, '.');
            sb.Append(" : ");
            Write(sb, value, indent);
            sb.Append('\n');
        }
    }

    public static void Write(StringBuilder sb, HoconValue value, int indent)
    {
        if (value.IsObject())
        {
            sb.Append("{\n");
            WriteItems(sb, value.GetObject(), indent + 1);
            sb.Append(' ', indent * 2).Append('}');
        }
        else if (value.IsArray())
        {
            sb.Append('[');
            foreach (var (index, item) in value.GetArray().Index())
            {
                if (index > 0) sb.Append(", ");
                Write(sb, item, indent);
            }
            sb.Append(']');
        }
        else WriteText(sb, value.GetString(), '\0');
    }

    private static void WriteText(StringBuilder sb, string text, char special)
    {
        if (text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' || (c == '.' && special != '.')) && text is not "include")
        {
            sb.Append(text);
            return;
        }
        sb.Append('"');
        foreach (var c in text)
            _ = c switch
            {
                '"' or '\\' => sb.Append('\\').Append(c),
                '\n' => sb.Append("\\n"),
                '\r' => sb.Append("\\r"),
                '\t' => sb.Append("\\t"),
                < ' ' => sb.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => sb.Append(c),
            };
        sb.Append('"');
    }
}
