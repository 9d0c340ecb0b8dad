using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MpcActors.Tuning;

/// <summary>
/// The state of a tuning after a whole generation, as a file: magic, version, what it is bound to, state, SHA-256 over all of it.
/// Written aside and moved into place, so that whenever the process is killed the file is an old or a new one, whole.
/// </summary>
public static class TuningCheckpoint
{
    private const int Version = 3, BufferSize = 1 << 16;

    private static ReadOnlySpan<byte> Magic => "MPCTUNE\n"u8;

    /// <param name="state">Says itself what run it is of.</param>
    public static void Write(string path, byte[] state) => Write(path, [], stream => stream.Write(state));

    /// <param name="write">Writes the state, however large.</param>
    public static void Write(string path, byte[] identity, Action<Stream> write)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        var aside = path + ".new";
        try
        {
            using (var file = new FileStream(aside, Private()))
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

    /// <summary>For this user's eyes alone: a party's state is shares, with the other party's they are the weights.</summary>
    static FileStreamOptions Private()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    /// <summary>The state, or null if there is no such file.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or of another version.</exception>
    public static byte[]? Read(string path)
    {
        byte[]? state = null;
        TryRead(path, [], stream =>
        {
            state = new byte[stream.Length];
            stream.ReadExactly(state);
        });
        return state;
    }

    /// <summary>Whether there is such a file; if so, its state however large, after all of it was checked.</summary>
    /// <param name="read">Its stream holds the state and nothing else.</param>
    /// <exception cref="InvalidDataException">The file is damaged, of another version, or of a run with other settings or data.</exception>
    public static bool TryRead(string path, byte[] identity, Action<Stream> read)
    {
        if (!File.Exists(path)) return false;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, FileOptions.SequentialScan);
        var (header, end) = (new byte[Magic.Length + sizeof(int) + identity.Length], file.Length - SHA256.HashSizeInBytes);
        if (end < header.Length || file.ReadAtLeast(header, header.Length) < header.Length || !header.AsSpan().StartsWith(Magic))
            throw new InvalidDataException($"{path} is not a tuning checkpoint; name another file, or remove it to start anew");
        var version = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(Magic.Length));
        if (version != Version)
            throw new InvalidDataException($"{path} is a checkpoint of version {version}, this program reads version {Version}; remove it to start anew");
        if (!HashOf(file, end).AsSpan().SequenceEqual(Rest(file, end)))
            throw new InvalidDataException($"{path} is damaged: its bytes do not match their SHA-256; remove it to start anew");
        if (!header.AsSpan(Magic.Length + sizeof(int)).SequenceEqual(identity))
            throw new InvalidDataException($"{path} belongs to a run with other settings or other data; repeat those, name another file, or remove it to start anew");
        read(new PartOfFile(file, header.Length, end));
        return true;
    }

    static byte[] HashOf(FileStream file, long end)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (part, buffer) = (new PartOfFile(file, 0, end), new byte[BufferSize]);
        for (int count; (count = part.Read(buffer)) > 0;) hash.AppendData(buffer, 0, count);
        return hash.GetHashAndReset();
    }

    static byte[] Rest(FileStream file, long from)
    {
        var rest = new byte[file.Length - from];
        new PartOfFile(file, from, file.Length).ReadExactly(rest);
        return rest;
    }

    /// <summary>Some of a file's bytes, so that whoever reads them sees an end there.</summary>
    sealed class PartOfFile : Stream
    {
        readonly FileStream _file;
        readonly long _start, _end;

        public PartOfFile(FileStream file, long start, long end)
        {
            (_file, _start, _end) = (file, start, end);
            _file.Position = start;
        }

        public override long Length => _end - _start;

        public override long Position
        {
            get => _file.Position - _start;
            set => throw new NotSupportedException();
        }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer) => _file.Read(buffer[..(int)Math.Min(buffer.Length, _end - _file.Position)]);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
