using System.Text.Encodings.Web;
using System.Text.Json;
using MpcActors.Data;
using MpcActors.Models;
using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>What the data owner holds: a task's texts as input rows of a model.</summary>
/// <param name="Labels">The label sentences, which are public.</param>
sealed record OwnerTexts(TextTask Task, TextSet Train, TextSet Dev, TextSet Test, TextBatch Labels)
{
    /// <summary>The label sentences as one line that tells them apart.</summary>
    public string LabelList => LabelsOf(Task);

    public static string LabelsOf(TextTask task) => JsonSerializer.Serialize(task.LabelSentences, Plain);

    /// <summary>Messages show it: letters of any language as they are.</summary>
    static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Token ids of all texts of a set, one after another, by the set's name.</summary>
    public IReadOnlyDictionary<string, int[]> Tokens { get; init; } = new Dictionary<string, int[]>();

    /// <param name="shots">Texts a class for training, and as many for development.</param>
    /// <param name="testTexts">The first so many of the task's test texts.</param>
    /// <exception cref="BadInputException">Too few texts of a class, or a text without tokens.</exception>
    public static OwnerTexts From(TextTask task, EncoderModel model, int shots, int testTexts, ulong seed) => BadInputException.Check(() =>
    {
        var split = FewShot.Split(task, shots, seed);
        var tokens = new Dictionary<string, int[]>();
        return new OwnerTexts(
            task,
            Set("train", split.Train),
            Set("dev", split.Dev),
            Set("test", [.. task.Test.Take(testTexts)]),
            Embed(task.Name, model, [.. task.LabelSentences]))
        {
            Tokens = tokens,
        };

        TextSet Set(string name, IReadOnlyList<LabelledText> texts)
        {
            tokens[name] = [.. texts.SelectMany(text => model.Published.Tokenizer.Encode(text.Text).Take(UseLiteModel.MaxTokens))];
            return new(name, Embed(task.Name, model, [.. texts.Select(text => text.Text)]), [.. texts.Select(text => text.Label)]);
        }
    });

    /// <summary>Sentences as input rows of a model.</summary>
    /// <exception cref="BadInputException">One has no word that the model knows.</exception>
    public static TextBatch Embed(string task, EncoderModel model, string[] texts)
    {
        var ids = Array.ConvertAll(texts, model.Published.Tokenizer.Encode);
        var empty = Array.FindIndex(ids, tokens => tokens.Length == 0);
        if (empty >= 0) throw new BadInputException($"task {task}: '{texts[empty]}' has no word that the model {model.Name} could read");
        return new TokenEmbedding(model.Published.Model).Embed(ids);
    }
}
