using System.Text.Json;

namespace MpcActors.Data.Transformers;

/// <summary>The tensors of a model folder: model.safetensors, or the shards that model.safetensors.index.json names.</summary>
sealed class Checkpoint : IDisposable
{
    const string Whole = "model.safetensors", Index = "model.safetensors.index.json";

    readonly string folder;
    readonly List<SafetensorsFile> files = [];
    readonly Dictionary<string, SafetensorsFile> places = new(StringComparer.Ordinal);

    public Checkpoint(string folder)
    {
        this.folder = folder;
        try
        {
            if (File.Exists(Path.Combine(folder, Whole))) Add(Whole, null);
            else if (File.Exists(Path.Combine(folder, Index))) AddShards();
            else throw Missing();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public bool Has(string name) => places.ContainsKey(name);

    /// <summary>The file that holds a tensor, after its type and shape have been checked.</summary>
    public SafetensorsFile Find(string name, params ReadOnlySpan<int> shape)
    {
        var needed = string.Join(", ", shape.ToArray());
        if (!places.TryGetValue(name, out var file))
            throw new InvalidDataException($"{folder}: tensor {name} is missing; one of shape [{needed}] is needed.");
        if (file.TypeOf(name) is not ("F32" or "F16" or "BF16"))
            throw new InvalidDataException($"{file.Path}: tensor {name} has dtype {file.TypeOf(name)}; F32, F16 or BF16 is needed.");
        var found = file.ShapeOf(name)!;
        return found.SequenceEqual(shape.ToArray())
            ? file
            : throw new InvalidDataException($"{file.Path}: tensor {name} has shape [{string.Join(", ", found)}]; [{needed}] is needed.");
    }

    public void Dispose()
    {
        foreach (var file in files) file.Dispose();
    }

    void Add(string name, HashSet<string>? wanted)
    {
        var file = new SafetensorsFile(Path.Combine(folder, name));
        files.Add(file);
        foreach (var tensor in file.Names.Where(tensor => wanted is null || wanted.Contains(tensor)))
            places.Add(tensor, file);
        if (wanted?.Where(tensor => file.ShapeOf(tensor) is null).Order(StringComparer.Ordinal).FirstOrDefault() is { } lost)
            throw new InvalidDataException($"{file.Path}: tensor {lost} is missing, though {Index} says that it is here.");
    }

    void AddShards()
    {
        var shards = new SortedDictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var (tensor, shard) in WeightMap())
        {
            if (shard.Length == 0 || shard != Path.GetFileName(shard) || shard.Contains('\\', StringComparison.Ordinal))
                throw new InvalidDataException($"{Path.Combine(folder, Index)}: tensor {tensor} is said to be in \"{shard}\"; the name of a file in the same folder was expected.");
            if (!shards.TryGetValue(shard, out var tensors)) shards.Add(shard, tensors = new HashSet<string>(StringComparer.Ordinal));
            tensors.Add(tensor);
        }

        foreach (var (shard, tensors) in shards)
        {
            if (!File.Exists(Path.Combine(folder, shard)))
                throw new InvalidDataException($"{folder}: {shard} is missing, though {Index} names it for {tensors.Count} tensors.");
            Add(shard, tensors);
        }
    }

    Dictionary<string, string> WeightMap()
    {
        var path = Path.Combine(folder, Index);
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            var map = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var entry in json.RootElement.GetProperty("weight_map").EnumerateObject())
                if (!map.TryAdd(entry.Name, entry.Value.GetString() ?? ""))
                    throw new InvalidDataException($"{path}: tensor {entry.Name} occurs twice; once was expected.");
            return map;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InvalidDataException($"{path}: not a JSON object with a weight_map of tensor name to file name ({e.Message}).", e);
        }
    }

    InvalidDataException Missing()
    {
        var other = Directory.EnumerateFiles(folder).Select(Path.GetFileName).Where(name => name!.EndsWith(".bin", StringComparison.Ordinal) || name.EndsWith(".safetensors", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).FirstOrDefault();
        return new InvalidDataException($"{folder}: neither {Whole} nor {Index} is there{(other is null ? "" : $", but {other} is")}; save the model with save_pretrained(…, safe_serialization=True).");
    }
}
