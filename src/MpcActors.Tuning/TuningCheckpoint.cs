using System.Security.Cryptography;

namespace MpcActors.Tuning;

/// <summary>
/// The state of a tuning after a whole generation, as a file: magic, version, what it is bound to, state, SHA-256 over all of it.
/// Written aside and moved into place, so that whenever the process is killed the file is an old or a new one, whole.
/// </summary>
public static class TuningCheckpoint
{
    private const int Version = 3;

    private static ReadOnlySpan<byte> Magic => "MPCTUNE\n"u8;

    public static void Write(string path, byte[] identity, byte[] state) => Write(path, identity, stream => stream.Write(state));

    /// <param name="write">Writes the state, however large.</param>
    public static void Write(string path, byte[] identity, Action<Stream> write)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        var aside = path + ".new";
        try
        {
            using (var file = new FileStream(aside, FileMode.Create, FileAccess.Write))
            {
                using (var hash = SHA256.Create())
                {
                    using (var stream = new CryptoStream(file, hash, CryptoStreamMode.Write, leaveOpen: true))
                    {
                        stream.Write(Magic);
                        stream.Write(BitConverter.GetBytes(Version));
                        stream.Write(identity);
                        write(stream);
                    }

                    file.Write(hash.Hash!);
                }

                file.Flush(flushToDisk: true);
            }

            File.Move(aside, path, overwrite: true);
        }
        catch (IOException)
        {
            File.Delete(aside);
            throw;
        }
    }

    /// <summary>The state, or null if there is no such file.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, of another version, or of a run with other settings or data.</exception>
    public static byte[]? Read(string path, byte[] identity)
    {
        if (!File.Exists(path))
            return null;
        var file = File.ReadAllBytes(path);
        var header = Magic.Length + sizeof(int) + identity.Length;
        if (file.Length < header + SHA256.HashSizeInBytes || !file.AsSpan().StartsWith(Magic))
            throw new InvalidDataException($"{path} is not a tuning checkpoint; name another file, or remove it to start anew");
        var version = System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(Magic.Length));
        if (version != Version)
            throw new InvalidDataException($"{path} is a checkpoint of version {version}, this program reads version {Version}; remove it to start anew");
        var content = file.AsSpan(0, file.Length - SHA256.HashSizeInBytes);
        if (!SHA256.HashData(content).AsSpan().SequenceEqual(file.AsSpan(content.Length)))
            throw new InvalidDataException($"{path} is damaged: its bytes do not match their SHA-256; remove it to start anew");
        if (!content.Slice(Magic.Length + sizeof(int), identity.Length).SequenceEqual(identity))
            throw new InvalidDataException($"{path} belongs to a run with other settings or other data; repeat those, name another file, or remove it to start anew");
        return content[header..].ToArray();
    }
}
