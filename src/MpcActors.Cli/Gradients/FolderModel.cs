using System.Security.Cryptography;
using MpcActors.Data;
using MpcActors.Data.Transformers;
using MpcActors.Models;
using MpcActors.Models.Clear;
using MpcActors.Models.Transformers.Training;
using MpcActors.Tuning.Gradients;

namespace MpcActors.Cli;

/// <summary>A RoBERTa, BERT or GPT-2 as Hugging Face saves it, classifying by label words: which of them its language-model head finds likeliest after "… It was".</summary>
/// <param name="Name">Of the folder, and the beginning of its hash: other weights are another session.</param>
/// <param name="Sha256">Of the weights.</param>
sealed record FolderModel(string Name, string Sha256, HuggingFaceFolder Weights, TransformerTokenizer Tokenizer) : IDisposable
{
    const string Template = " It was", TemplateEnd = ".";

    /// <exception cref="BadInputException">The folder holds no model or no tokenizer that can be read.</exception>
    public static FolderModel Open(string folder) => BadInputException.Check(() =>
    {
        var weights = new HuggingFaceFolder(folder);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.GetFiles(folder, "*.safetensors").Order(StringComparer.Ordinal))
        {
            using var stream = File.OpenRead(file);
            hash.AppendData(SHA256.HashData(stream));
        }

        var sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        return new FolderModel($"{Path.GetFileName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar))} {sha256[..8]}", sha256, weights, TransformerTokenizer.FromFolder(folder, weights.Config));
    });

    public void Dispose() => Weights.Dispose();

    /// <summary>A task's texts as rows of this model, and the model ready to be trained on them.</summary>
    /// <param name="words">A label word a class, each a single token.</param>
    /// <param name="testTexts">The first so many of the task's test texts.</param>
    /// <exception cref="BadInputException">A label word of several tokens, or too few texts.</exception>
    public (OwnerTexts Texts, GradientCandidate Candidate) Prepare(TextTask task, string[] words, int shots, int testTexts, GradientSettings settings) => BadInputException.Check(() =>
    {
        var config = Weights.Config;
        var clear = new ClearTransformer(Weights);
        var split = FewShot.Split(task, shots, settings.Seed);
        var (train, dev, test) = (Set("train", split.Train), Set("dev", split.Dev), Set("test", [.. task.Test.Take(testTexts)]));
        var own = Trainable(words, settings);
        double[]? prompt = settings.Method == TuningMethod.Prompt ? PromptOf(clear, settings.PromptRows) : null;
        var candidate = new GradientCandidate(AttentionKind.Softmax.Name(), own, train, dev, test, prompt, () => GradientCandidate.TwinOf(own, settings, prompt, of =>
        {
            var training = new ClearTraining(config, words.Length, of);
            return (training.Gradients, training.Logits);
        }));
        return (new OwnerTexts(task, train.Texts, dev.Texts, test.Texts, new TextBatch([], [], config.Width)), candidate);

        TrainingSet Set(string name, IReadOnlyList<LabelledText> texts)
        {
            (int[] Ids, int Answer)[] marked = [.. texts.Select(text => Marked(text.Text))];
            return new(
                new(name, new([.. marked.SelectMany(text => clear.Embed(text.Ids))], [.. marked.Select(text => text.Ids.Length)], config.Width), [.. texts.Select(text => text.Label)]),
                [.. marked.Select(text => text.Answer)]);
        }
    });

    /// <summary>The model owner's part.</summary>
    /// <exception cref="BadInputException">A label word of several tokens.</exception>
    public TrainableModel Trainable(string[] words, GradientSettings settings) => BadInputException.Check(() =>
        new TrainableModel(TrainingOutline.Of(Weights.Config, words.Length, settings), new TransformerTensors(Weights, Array.ConvertAll(words, LabelOf)).Of));

    /// <summary>The tokens of a text in its template, cut to what the model reads, and where the label word is predicted.</summary>
    (int[] Ids, int Answer) Marked(string text)
    {
        int[] before = Tokenizer.Begin is { } begin ? [begin] : [];
        int[] template = Tokenizer.Encode(Template);
        int[] after = Tokenizer.Mask is { } mask ? [mask, .. Tokenizer.Encode(TemplateEnd), Tokenizer.End] : [];
        int[] own = [.. Tokenizer.Encode(text).Take(Weights.Config.MaxTokens - before.Length - template.Length - after.Length)];
        // A mask is predicted where it stands, the next word of GPT-2 at the last one before it.
        return ([.. before, .. own, .. template, .. after], before.Length + own.Length + template.Length - (after.Length > 0 ? 0 : 1));
    }

    int LabelOf(string word)
    {
        var ids = Tokenizer.Encode(" " + word);
        return ids.Length == 1 ? ids[0] : throw new ArgumentException($"the label word '{word}' is {ids.Length} tokens of {Name}; use words that are one");
    }

    /// <summary>Rows of public words that belong to no task, over and over, without what a text adds for where a token stands.</summary>
    double[] PromptOf(ClearTransformer clear, int rows)
    {
        int[] ids = [.. CalibrationSentences.All.SelectMany(Tokenizer.Encode)];
        return [.. Enumerable.Range(0, rows).SelectMany(row => clear.Embed([ids[row % ids.Length]]))];
    }
}
