using MpcActors.Data;

namespace MpcActors.Cli;

/// <summary>A RoBERTa, BERT or GPT-2 of a deployment: only the owners have the folder, and all know its weights' hash and the label words.</summary>
sealed record ModelFolder(string Folder, string Sha256, string[] Words)
{
    public static string[] Keys { get; } = ["model-sha256", "label-words"];

    /// <summary>The words as the label sentences that <c>tune --label-words</c> makes of them.</summary>
    public string[] Sentences => Array.ConvertAll(Words, TuneOptions.SentenceOf);

    /// <summary>Null where the model is one that comes with the program or is fetched.</summary>
    /// <exception cref="BadInputException">Settings that do not go together.</exception>
    public static ModelFolder? Read(Section section, string method)
    {
        var name = section.Text("model", "tiny");
        if (EncoderModel.Names.Contains(name))
        {
            section.Refuse(Keys, $"of a model in a folder, but model is {name}; leave them out");
            return null;
        }

        var all = string.Join(", ", EncoderModel.Names);
        if (!section.Has("model-sha256")) throw section.Bad("model", $"one of {all}, or with model-sha256 beside it the folder of a RoBERTa, BERT or GPT-2{Nearest.Hint(name, EncoderModel.Names)}");
        var sha256 = NodeFile.Fingerprint(section.Text("model-sha256")) ?? throw section.Bad("model-sha256", "the SHA-256 of the folder's weights, 64 hexadecimal digits; a node that reads the folder says it");
        if (method == GradientOptions.ForwardOnly) throw section.Bad("model", $"one of {all} with method = fot; with sft and prompt it may be a folder");
        if (section.Text("attention", "softmax") != "softmax") throw section.Bad("attention", "softmax with a model in a folder");
        section.Refuse(["train-embedding", "attention-weights", "attention-weights-sha256", "labels"], $"of {all}, but model is a folder; leave them out");
        var words = section.Texts("label-words");
        if (words.Length < 2 || words.Any(string.IsNullOrWhiteSpace)) throw new BadInputException($"{section.Place} needs label-words with a model in a folder: a word a class, such as [\"bad\", \"good\"]");
        return new(name, sha256, words);
    }

    /// <exception cref="BadInputException">The folder holds another model, or none.</exception>
    public FolderModel Open(NodeFile file)
    {
        var model = FolderModel.Open(file.Beside(Folder));
        if (model.Sha256 == Sha256) return model;
        model.Dispose();
        throw new BadInputException($"the weights in '{Folder}' have the SHA-256 {model.Sha256}, but mpc.session.model-sha256 is {Sha256}");
    }

    /// <summary>A task whose classes are said by the words.</summary>
    /// <exception cref="BadInputException">It has other classes.</exception>
    public TextTask Of(TextTask task) => task.ClassNames.Count == Words.Length
        ? task with { LabelSentences = Sentences }
        : throw new BadInputException($"{task.Name} has {task.ClassNames.Count} classes ({string.Join(", ", task.ClassNames)}), but mpc.session.label-words are {Words.Length}");
}
