using MpcActors.Data;

namespace MpcActors.Cli;

/// <summary>Unlabelled texts as token ids: what is trained on, what is held out, and where they come from.</summary>
sealed record AdaptTexts(IReadOnlyList<int[]> Train, IReadOnlyList<int[]> HeldOut, IReadOnlyList<string> Sources)
{
    const int MostHeldOut = 256;
    const int HeldOutShare = 10;

    /// <summary>Texts of --text first, then the public ones; a text in a task's test set or pool is left out, so that no figure is of a text that was seen.</summary>
    /// <exception cref="BadInputException">Fewer texts than a batch and one held out.</exception>
    public static async Task<AdaptTexts> GetAsync(AdaptSettings settings, EncoderModel model, IReadOnlyList<TextTask> tasks, IProgress<string> progress, CancellationToken cancellation)
    {
        var sources = new List<string>();
        var sentences = new List<string>();
        foreach (var file in settings.TextFiles) Add(Path.GetFileName(file), BadInputException.Check(() => Lines(file)));
        if (settings.UsesPublicText && settings.Model == "tiny")
            Add("sentences from patterns", [.. Enumerable.Range(0, 2000).Select(i => ReviewSentences.Create(settings.Training.Seed, (ulong)i))]);
        else if (settings.UsesPublicText)
            Add("WordNet 3.1 and sentences from patterns", PublicText.Compose(await DictionarySentences.EnsureAsync(new ModelCache(), progress, cancellation), settings.Training.Seed));

        var seen = tasks.SelectMany(task => task.Pool.Concat(task.Test).Select(text => text.Text).Concat(task.LabelSentences)).Select(Plain).ToHashSet(StringComparer.Ordinal);
        string[] kept = [.. sentences.Where(sentence => seen.Add(Plain(sentence))).Take(settings.MostTexts)];
        progress.Report($"Splitting {kept.Length} sentences into tokens");
        var ids = new int[kept.Length][];
        Parallel.For(0, kept.Length, new ParallelOptions { CancellationToken = cancellation }, i => ids[i] = model.Published.Tokenizer.Encode(kept[i]));
        ids = [.. ids.Where(tokens => tokens.Length > 0)];
        var heldOut = Math.Min(MostHeldOut, ids.Length / HeldOutShare);
        if (heldOut == 0 || ids.Length - heldOut < settings.Training.Batch)
            throw new BadInputException($"{ids.Length} different sentences with words that the model {model.Name} can read are too few: a batch has {settings.Training.Batch}, and a tenth is held out; give more with --text, or a smaller --batch");

        // Every so many, so that each source is among the held-out texts.
        var every = ids.Length / heldOut;
        return new(
            [.. ids.Where((_, i) => i % every != 0 || i / every >= heldOut)],
            [.. ids.Where((_, i) => i % every == 0 && i / every < heldOut)],
            sources);

        void Add(string source, IReadOnlyList<string> lines)
        {
            string[] found = [.. lines.Select(line => line.Trim()).Where(line => line.Length > 0)];
            if (found.Length == 0) throw new BadInputException($"{source} has no text in it; a sentence a line was expected");
            sources.Add($"{source} ({found.Length})");
            sentences.AddRange(found);
        }
    }

    static string[] Lines(string file)
    {
        var lines = Utf8Lines.Read(file);
        return lines.Find(line => line.Text is null || line.Text.Contains('\0', StringComparison.Ordinal)) is { Number: > 0 } bad
            ? throw new BadInputException($"{file}, line {bad.Number} is not UTF-8 text; a sentence a line was expected")
            : [.. lines.Select(line => line.Text!)];
    }

    static string Plain(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToUpperInvariant();
}
