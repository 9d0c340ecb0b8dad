using System.Security.Cryptography;
using System.Text;
using MpcActors.Data;

namespace MpcActors.Models.Clear.Distillation;

/// <summary>A distillation as it stands, as tensors of a file: a run that goes on from them ends in the same bytes as one that was not interrupted.</summary>
public static class DistillationState
{
    private const string Facts = "facts", Identity = "identity";

    /// <param name="run">What the state belongs to: settings, model and texts in words.</param>
    public static void Save(Distiller distiller, string run, Stream stream)
    {
        var tensors = new Dictionary<string, FloatTensor>(StringComparer.Ordinal)
        {
            [Identity] = Name(run),
            [Facts] = new([distiller.Step, distiller.Adam.Steps, distiller.Stale, (float)distiller.BestDistance, (float)(distiller.LastDistance ?? -1)], [5]),
        };
        foreach (var (tensor, best) in distiller.Trained.Zip(distiller.Best))
        {
            tensors["now." + tensor.Name] = new(tensor.Value, tensor.Shape);
            tensors["best." + tensor.Name] = new(best, tensor.Shape);
        }

        foreach (var (tensor, first, second) in distiller.Adam.Moments)
        {
            tensors["first." + tensor.Name] = new(first, tensor.Shape);
            tensors["second." + tensor.Name] = new(second, tensor.Shape);
        }

        Safetensors.Write(stream, tensors);
    }

    /// <summary>Puts a fresh distiller where the saved one was.</summary>
    /// <exception cref="InvalidDataException">The file is of another run, or lacks something.</exception>
    public static void Restore(Distiller distiller, string run, IReadOnlyDictionary<string, FloatTensor> tensors, string source)
    {
        if (!Take(Identity, 32).AsSpan().SequenceEqual(Name(run).Values))
            throw new InvalidDataException($"{source} is the state of another run (other settings, model, seed or texts); remove it, or repeat the run it belongs to");
        var facts = Take(Facts, 5);
        if (!(facts[0] >= 0 && facts[0] <= distiller.Steps)) throw new InvalidDataException($"{source}: step {facts[0]} of {distiller.Steps}");
        distiller.Step = (int)facts[0];
        distiller.Stale = (int)facts[2];
        distiller.BestDistance = facts[3];
        distiller.LastDistance = facts[4] < 0 ? null : facts[4];
        foreach (var (tensor, best) in distiller.Trained.Zip(distiller.Best))
        {
            Take("now." + tensor.Name, tensor.Value.Length).CopyTo(tensor.Value, 0);
            Take("best." + tensor.Name, best.Length).CopyTo(best, 0);
        }

        distiller.Adam.Steps = (int)facts[1];
        foreach (var (tensor, first, second) in distiller.Adam.Moments)
        {
            Take("first." + tensor.Name, first.Length).CopyTo(first, 0);
            Take("second." + tensor.Name, second.Length).CopyTo(second, 0);
        }

        float[] Take(string name, int count) => tensors.TryGetValue(name, out var tensor) && tensor.Values.Length == count
            ? tensor.Values
            : throw new InvalidDataException($"{source}: {count} numbers of {name} were expected; this is no state of such a run, or a damaged one");
    }

    private static FloatTensor Name(string run) => new(Array.ConvertAll(SHA256.HashData(Encoding.UTF8.GetBytes(run)), value => (float)value), [32]);
}
