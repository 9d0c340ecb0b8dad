namespace MpcActors.Data;

/// <summary>Takes tensors by name, checks shape and finiteness, and knows at the end whether any was left over.</summary>
sealed class TensorReader(IReadOnlyDictionary<string, FloatTensor> tensors, string source)
{
    readonly HashSet<string> taken = new(StringComparer.Ordinal);

    public bool Has(string name) => tensors.ContainsKey(name);

    /// <summary>A dimension of -1 may have any size from 1.</summary>
    public FloatTensor Take(string name, params int[] shape)
    {
        if (!tensors.TryGetValue(name, out var tensor))
            throw new InvalidDataException($"{source}: tensor {name} is missing.");
        if (tensor.Shape.Length != shape.Length || tensor.Shape.Zip(shape).Any(size => size.Second == -1 ? size.First < 1 : size.First != size.Second))
            throw Wrong(name, $"has shape [{string.Join(", ", tensor.Shape)}]; [{string.Join(", ", shape).Replace("-1", "any", StringComparison.Ordinal)}] was expected");
        if (Array.FindIndex(tensor.Values, value => !float.IsFinite(value)) is var bad && bad >= 0)
            throw Wrong(name, $"holds {tensor.Values[bad]} at index {bad}; finite values were expected");
        taken.Add(name);
        return tensor;
    }

    public DenseWeights Dense(string name, int from, int to)
    {
        var weight = Take(name + ".weight", from, to);
        return new DenseWeights(weight.Values, Take(name + ".bias", weight.Shape[1]).Values, weight.Shape[0], weight.Shape[1]);
    }

    public NormWeights Norm(string name, int width) => new(Take(name + ".scale", width).Values, Take(name + ".bias", width).Values);

    public void CheckAllTaken()
    {
        if (tensors.Keys.Where(name => !taken.Contains(name)).Order(StringComparer.Ordinal).FirstOrDefault() is { } left)
            throw Wrong(left, "is not part of this architecture");
    }

    public InvalidDataException Wrong(string name, string what) => new($"{source}: tensor {name} {what}.");
}
