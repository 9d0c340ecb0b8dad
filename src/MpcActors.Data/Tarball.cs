using System.Formats.Tar;
using System.IO.Compression;

namespace MpcActors.Data;

/// <summary>Unpacks into memory: no path of an archive ever reaches the file system.</summary>
static class Tarball
{
    /// <summary>The regular files of a .tar.gz by path.</summary>
    public static IReadOnlyDictionary<string, byte[]> Read(byte[] content)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        using var reader = new TarReader(new GZipStream(new MemoryStream(content), CompressionMode.Decompress));
        while (reader.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is null)
                continue;
            using var copy = new MemoryStream();
            entry.DataStream.CopyTo(copy);
            files[entry.Name] = copy.ToArray();
        }

        return files;
    }
}
