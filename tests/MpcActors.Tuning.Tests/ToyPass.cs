using MpcActors.Data;
using MpcActors.Models;

namespace MpcActors.Tuning.Tests;

/// <summary>
/// Logits that are affine in z, so that there is something to learn and nothing to wait for. It counts what it is asked, and stops the
/// caller before a chosen pass, as a kill would.
/// </summary>
internal sealed class ToyPass : IForwardPass
{
    public const int Latent = 6;

    public List<(string Set, int Prompts)> Asked { get; } = [];

    /// <summary>Called before each pass with its number, from 0.</summary>
    public Action<int>? Before { get; init; }

    public static TextSet Set(string name, int texts, ulong stream)
    {
        var rows = new double[texts * Latent];
        CounterGaussian.Fill(77, stream, rows);
        return new TextSet(name, new TextBatch(rows, [.. Enumerable.Repeat(1, texts)], Latent), [.. Enumerable.Range(0, texts).Select(text => text % 2)]);
    }

    public ValueTask<IReadOnlyList<double[,]>> Logits(TextSet set, IReadOnlyList<double[]?> latents)
    {
        Before?.Invoke(Asked.Count);
        Asked.Add((set.Name, latents.Count));
        return ValueTask.FromResult<IReadOnlyList<double[,]>>([.. latents.Select(latent => Of(set, latent ?? new double[Latent]))]);
    }

    /// <summary>The class shows in the text's first two numbers, which the prompt has to find and to turn round.</summary>
    private static double[,] Of(TextSet set, double[] z)
    {
        var logits = new double[set.Labels.Length, 2];
        for (var text = 0; text < set.Labels.Length; text++)
        {
            var side = set.Labels[text] == 0 ? 1 : -1;
            var row = set.Batch.Rows.AsSpan(text * Latent, Latent);
            for (var i = 0; i < Latent; i++) logits[text, 0] += 0.3 * z[i] * (row[i] + (i < 2 ? 0.8 * side : 0));
            logits[text, 0] += 0.4 - 0.2 * side;
        }

        return logits;
    }
}
