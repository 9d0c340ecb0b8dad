using System.IO.MemoryMappedFiles;

namespace MpcActors.Data;

/// <summary>
/// A safetensors file mapped into memory: the header is read and checked when it is opened, a tensor when it is asked for. The system
/// keeps and drops the pages, so a file may be larger than the memory.
/// </summary>
public sealed unsafe class SafetensorsFile : IDisposable
{
    readonly MemoryMappedFile file;
    readonly MemoryMappedViewAccessor view;
    readonly Dictionary<string, SafetensorsEntry> entries;
    readonly long start;
    readonly byte* bytes;

    /// <exception cref="InvalidDataException">Not a safetensors file; names file, tensor, what was found and what was expected.</exception>
    public SafetensorsFile(string path)
    {
        Path = path;
        using (var stream = File.OpenRead(path))
        {
            var prefix = new byte[Math.Min(8, stream.Length)];
            stream.ReadExactly(prefix);
            var header = new byte[SafetensorsHeader.Length(prefix, stream.Length, path)];
            stream.ReadExactly(header);
            start = stream.Position;
            entries = SafetensorsHeader.Parse(header, stream.Length - start, path).ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        }

        file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref bytes);
    }

    public string Path { get; }

    /// <summary>In ordinal order.</summary>
    public IEnumerable<string> Names => entries.Keys.Order(StringComparer.Ordinal);

    /// <summary>Sizes, slowest first; null where there is no such tensor.</summary>
    public IReadOnlyList<int>? ShapeOf(string name) => entries.GetValueOrDefault(name)?.Shape;

    /// <summary>F32, BF16 and so on; null where there is no such tensor.</summary>
    public string? TypeOf(string name) => entries.GetValueOrDefault(name)?.Type;

    /// <summary>The values of a tensor as float32, row-major.</summary>
    /// <exception cref="InvalidDataException">It is not there, not of a type that has a float32, or not finite.</exception>
    public float[] Read(string name)
    {
        ObjectDisposedException.ThrowIf(view.SafeMemoryMappedViewHandle.IsClosed, this);
        if (!entries.TryGetValue(name, out var entry))
            throw new InvalidDataException($"{Path}: tensor {name} is missing.");
        var values = Safetensors.Decode(entry, new ReadOnlySpan<byte>(bytes + start + entry.Begin, (int)(entry.End - entry.Begin)), Path);
        foreach (var value in values)
            if (!float.IsFinite(value))
                throw new InvalidDataException($"{Path}: tensor {name} holds {value} at index {Array.IndexOf(values, value)}; finite values were expected.");
        return values;
    }

    public void Dispose()
    {
        if (view.SafeMemoryMappedViewHandle.IsClosed) return;
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        file.Dispose();
    }
}
