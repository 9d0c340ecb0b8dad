using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MpcActors.Models;
using MpcActors.Models.Private;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Tuning;

/// <summary>The data owner's side of the forward pass on shares: texts go to the parties once, then only latents out and logits back, or losses alone.</summary>
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
    readonly HashSet<int> _labelled = [];
    (Revealed Revealed, double[] Answers)? _first;

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
        var results = Enumerable.Range(0, latents.Count).Select(_ => new double[set.Batch.Texts, _classes]).ToArray();
        await AskAll(set, latents, Revealed.Logits, (slice, answers, prompts) =>
        {
            for (var i = 0; i < prompts.Length; i++) slice.CopyTo(answers.AsSpan(i * slice.Batch.Texts * _classes), results[prompts[i]]);
        });
        return results;
    }

    public async ValueTask<IReadOnlyList<SetLoss>> Losses(TextSet set, IReadOnlyList<double[]?> latents, bool measuresAccuracy)
    {
        var (losses, wrong) = (new double[latents.Count], new double[latents.Count]);
        await AskAll(set, latents, measuresAccuracy ? Revealed.LossAndErrors : Revealed.Loss, (_, answers, prompts) =>
        {
            for (var i = 0; i < prompts.Length; i++)
            {
                losses[prompts[i]] += answers[i];
                if (measuresAccuracy) wrong[prompts[i]] += answers[prompts.Length + i];
            }
        });
        var texts = set.Batch.Texts;
        return [.. losses.Zip(wrong, (loss, errors) => new SetLoss(loss / texts, measuresAccuracy ? (texts - errors) / texts : null))];
    }

    /// <summary>Lets the parties and the dealer go.</summary>
    public void Finish() => _port.SendPublic(new Job.Finish().ToBytes());

    /// <param name="received">Told of a slice's answers for some of the latents, by their numbers.</param>
    async ValueTask AskAll(TextSet set, IReadOnlyList<double[]?> latents, Revealed revealed, Action<Slice, double[], int[]> received)
    {
        // The parties gather the prompts' base in the first pass of all, whatever is asked first; nothing more of it is opened than is wanted.
        // It is one and the same question however a session goes on, so that a resumed one rounds alike.
        var least = revealed == Revealed.Logits ? Revealed.Logits : Revealed.Loss;
        _first ??= (least, await Ask(_train, SlicesOf(_train)[0], [], least, keepMeans: true));
        for (var i = 0; i < latents.Count; i++)
        {
            if (latents[i] is not null) continue;
            foreach (var slice in SlicesOf(set)) received(slice, await Unprompted(set, slice, revealed), [i]);
        }

        int[] prompted = [.. Enumerable.Range(0, latents.Count).Where(i => latents[i] is not null)];
        foreach (var slice in SlicesOf(set))
            foreach (var chunk in prompted.Chunk(Math.Max(1, MostRows / slice.Batch.TotalRows)))
                received(slice, await Ask(set, slice, [.. chunk.Select(i => latents[i]!)], revealed, keepMeans: false), chunk);
    }

    /// <summary>What the first pass opened is not asked for again.</summary>
    async ValueTask<double[]> Unprompted(TextSet set, Slice slice, Revealed revealed) =>
        set.Name == _train.Name && _first is { } first && first.Revealed == revealed ? first.Answers : await Ask(set, slice, [], revealed, keepMeans: false);

    async ValueTask<double[]> Ask(TextSet set, Slice slice, double[][] latents, Revealed revealed, bool keepMeans)
    {
        var encoded = latents.Length == 0
            ? null
            : FixedPoint.Encode([.. latents.SelectMany(latent => latent)], new Shape(latents.Length, latents[0].Length));
        var question = $"{set.Name} {slice.FirstText} {(encoded is null ? "" : Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(encoded.Span))))}";
        if (revealed != Revealed.Logits)
        {
            ShareLabels(set, slice);
            // Another program for the same question must not meet its masks.
            question += $" {revealed}{(keepMeans ? " first" : "")}";
        }

        var own = _seed.Derive("question " + question);
        var epoch = (ulong)own.Derive("epoch").Value | 1;
        Questions++;
        _port.SendPublic(new Job.Infer(epoch, slice.Number, latents.Length, keepMeans, revealed).ToBytes());
        if (encoded is not null) _port.ShareWithParties(encoded, own.Derive("latents"));

        var prompts = Math.Max(1, latents.Length);
        return revealed == Revealed.Logits
            ? FixedPoint.Decode(await _port.Reconstruct(new Shape(prompts * slice.Batch.Texts, _classes)))
            : FixedPoint.Decode(await _port.Reconstruct(Shape.Vector(revealed == Revealed.Loss ? prompts : 2 * prompts)), CrossEntropy.OpenedBits);
    }

    void ShareLabels(TextSet set, Slice slice)
    {
        if (!_labelled.Add(slice.Number)) return;
        var oneHot = RingTensor.Zeros(new Shape(slice.Batch.Texts, _classes));
        for (var text = 0; text < slice.Batch.Texts; text++) oneHot.Span[text * _classes + set.Labels[slice.FirstText + text]] = 1;
        _port.SendPublic(new Job.KeepLabels(slice.Number, _classes).ToBytes());
        _port.ShareWithParties(oneHot, _seed.Derive($"labels {set.Name} {slice.FirstText}"));
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
        public void CopyTo(ReadOnlySpan<double> logits, double[,] all)
        {
            var classes = all.GetLength(1);
            for (var text = 0; text < Batch.Texts; text++)
                for (var c = 0; c < classes; c++)
                    all[FirstText + text, c] = logits[text * classes + c];
        }
    }
}
