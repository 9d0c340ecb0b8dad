using System.Text;

namespace MpcActors.Data;

/// <summary>A text file as people give it: UTF-8, with or without a mark at its beginning, lines ended by either system.</summary>
public static class Utf8Lines
{
    /// <summary>Lines by number from 1; null for a line that is not UTF-8, so that it can be reported with its number.</summary>
    public static List<(int Number, string? Text)> Read(string path)
    {
        var utf8 = new UTF8Encoding(false, true);
        ReadOnlySpan<byte> rest = File.ReadAllBytes(path);
        if (rest.StartsWith(Encoding.UTF8.Preamble))
            rest = rest[Encoding.UTF8.Preamble.Length..];
        var lines = new List<(int, string?)>();
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[(end + 1)..];
            string? text = null;
            try
            {
                text = utf8.GetString(line.TrimEnd((byte)'\r'));
            }
            catch (DecoderFallbackException)
            {
            }

            lines.Add((lines.Count + 1, text));
        }

        return lines;
    }
}
