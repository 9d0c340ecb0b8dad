using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MpcActors.Models;
using MpcActors.Models.Private;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Tuning;

/// <summary>The data owner's side of the forward pass on shares: texts go to the parties once, then only latents out and logits back.</summary>
/// <remarks>
/// A pass is named by its epoch, a keyed hash of what is asked. The same question has the same masks and so the same bytes, which
/// is what lets a resumed session end as the interrupted one would have; another question never shares a mask with it.
/// </remarks>
public sealed class PrivateForwardPass : IForwardPass
{
    /// <summary>Rows of one pass: bounds the memory of the parties. A population of 20 on 32 sentences stays within it.</summary>
    const int MostRows = 1 << 15;

    readonly Port _port;
    readonly Seed _seed;
    readonly TextSet _train;
    readonly int _classes;
    readonly Dictionary<string, Slice[]> _slices = [];
    double[,]? _unpromptedTrain;

    /// <param name="seed">The owner's own; splits what it shares and names epochs.</param>
    /// <param name="train">Its mean keys and values are what prompt prefixes start from.</param>
    /// <param name="tokenRows">[rows, input width], for prompts that add to ordinary tokens.</param>
    public PrivateForwardPass(Port port, Seed seed, TextSet train, int classes, PromptProjection projection, double[]? tokenRows = null)
    {
        (_port, _seed, _train, _classes) = (port, seed, train, classes);
        var form = projection.Form;
        _port.SendPublic(new Job.KeepPromptForm(form.GetType().Name, form.Rows, projection.Latent, projection.Alpha, projection.Seed, projection.Scales).ToBytes());
        if (form is not PromptForm.AddedRows) return;
        var rows = tokenRows ?? throw new ArgumentException("a prompt of added rows needs the rows of ordinary tokens", nameof(tokenRows));
        _port.ShareWithParties(FixedPoint.Encode(rows, new Shape(form.Rows, train.Batch.Width)), seed.Derive("token rows"));
    }

    /// <summary>Questions put to the parties so far: what a session's costs are divided by.</summary>
    public int Questions { get; private set; }

    public async ValueTask<IReadOnlyList<double[,]>> Logits(TextSet set, IReadOnlyList<double[]?> latents)
    {
        // The parties gather the prompts' base in the first pass of all, whatever is asked first.
        _unpromptedTrain ??= (await Ask(_train, SlicesOf(_train)[0], [], keepMeans: true))[0];

        var results = new double[latents.Count][,];
        for (var i = 0; i < latents.Count; i++)
            if (latents[i] is null) results[i] = await Unprompted(set);
        int[] prompted = [.. Enumerable.Range(0, latents.Count).Where(i => latents[i] is not null)];
        foreach (var i in prompted) results[i] = new double[set.Batch.Texts, _classes];
        foreach (var slice in SlicesOf(set))
            foreach (var chunk in prompted.Chunk(Math.Max(1, MostRows / slice.Batch.TotalRows)))
            {
                var logits = await Ask(set, slice, [.. chunk.Select(i => latents[i]!)], keepMeans: false);
                for (var i = 0; i < chunk.Length; i++) slice.CopyTo(logits[i], results[chunk[i]]);
            }

        return results;
    }

    /// <summary>Lets the parties and the dealer go.</summary>
    public void Finish() => _port.SendPublic(new Job.Finish().ToBytes());

    async ValueTask<double[,]> Unprompted(TextSet set)
    {
        if (set.Name == _train.Name) return _unpromptedTrain!;
        var result = new double[set.Batch.Texts, _classes];
        foreach (var slice in SlicesOf(set)) slice.CopyTo((await Ask(set, slice, [], keepMeans: false))[0], result);
        return result;
    }

    async ValueTask<double[][,]> Ask(TextSet set, Slice slice, double[][] latents, bool keepMeans)
    {
        var encoded = latents.Length == 0
            ? null
            : FixedPoint.Encode([.. latents.SelectMany(latent => latent)], new Shape(latents.Length, latents[0].Length));
        var question = $"{set.Name} {slice.FirstText} {(encoded is null ? "" : Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(encoded.Span))))}";
        var own = _seed.Derive("question " + question);
        var epoch = (ulong)own.Derive("epoch").Value | 1;
        Questions++;
        _port.SendPublic(new Job.Infer(epoch, slice.Number, latents.Length, keepMeans).ToBytes());
        if (encoded is not null) _port.ShareWithParties(encoded, own.Derive("latents"));

        var prompts = Math.Max(1, latents.Length);
        var texts = slice.Batch.Texts;
        var opened = FixedPoint.Decode(await _port.Reconstruct(new Shape(prompts * texts, _classes)));
        var results = new double[prompts][,];
        for (var prompt = 0; prompt < prompts; prompt++)
        {
            results[prompt] = new double[texts, _classes];
            Buffer.BlockCopy(opened, prompt * texts * _classes * sizeof(double), results[prompt], 0, texts * _classes * sizeof(double));
        }

        return results;
    }

    Slice[] SlicesOf(TextSet set)
    {
        if (_slices.TryGetValue(set.Name, out var known)) return known;
        var slices = new List<Slice>();
        for (var first = 0; first < set.Batch.Texts;)
        {
            // The training texts stay together, since prompts start from the mean over all of them.
            var (count, rows) = (0, 0);
            while (first + count < set.Batch.Texts && (count == 0 || set.Name == _train.Name || rows + set.Batch.Lengths[first + count] <= MostRows))
                rows += set.Batch.Lengths[first + count++];
            slices.Add(Share(set, first, count));
            first += count;
        }

        return _slices[set.Name] = [.. slices];

        Slice Share(TextSet from, int first, int count)
        {
            var batch = from.Batch.Slice(first, count);
            var number = _slices.Values.Sum(shared => shared.Length) + slices.Count;
            _port.SendPublic(new Job.KeepTexts(number, batch.Lengths).ToBytes());
            _port.ShareWithParties(FixedPoint.Encode(batch.Rows, new Shape(batch.TotalRows, batch.Width)), _seed.Derive($"texts {from.Name} {first}"));
            return new(number, first, batch);
        }
    }

    /// <summary>Texts that the parties keep under one number.</summary>
    sealed record Slice(int Number, int FirstText, TextBatch Batch)
    {
        public void CopyTo(double[,] logits, double[,] all)
        {
            for (var text = 0; text < logits.GetLength(0); text++)
                for (var c = 0; c < logits.GetLength(1); c++)
                    all[FirstText + text, c] = logits[text, c];
        }
    }
}
