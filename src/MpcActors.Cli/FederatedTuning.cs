using MpcActors.Data;
using MpcActors.Models;
using MpcActors.Models.Private;
using MpcActors.Models.Transformers.Training;
using MpcActors.Tuning;
using MpcActors.Tuning.Federated;

namespace MpcActors.Cli;

/// <summary>What a federation classifies: the words for it, which are public, and texts, of which a role has its own alone.</summary>
/// <param name="LabelSentences">One a class.</param>
/// <param name="Clients">Each client's texts; null of one that a role knows nothing of.</param>
/// <param name="Test">Empty where there are none.</param>
sealed record FederatedTexts(string Name, IReadOnlyList<string> LabelSentences, IReadOnlyList<IReadOnlyList<LabelledText>?> Clients, IReadOnlyList<LabelledText> Test)
{
    public int Classes => LabelSentences.Count;

    /// <summary>A task's texts, split between clients.</summary>
    /// <param name="alpha">Of the Dirichlet distribution; null splits alike.</param>
    /// <exception cref="ArgumentException">There are fewer texts than clients.</exception>
    public static FederatedTexts Of(TextTask task, int clients, double? alpha, ulong seed)
    {
        int[] labels = [.. task.Pool.Select(text => text.Label)];
        var split = alpha is { } skew ? ClientSplit.Dirichlet(labels, clients, skew, seed) : ClientSplit.Independent(labels.Length, clients, seed);
        return new(task.Name, [.. task.LabelSentences], [.. split.Select(own => Array.ConvertAll(own, text => task.Pool[text]))], [.. task.Test]);
    }

    /// <summary>What client <paramref name="client"/> has of it.</summary>
    public FederatedTexts OfClient(int client) => this with { Clients = [.. Clients.Select((texts, i) => i == client ? texts : null)], Test = [] };
}

/// <summary>A federation's task on texts.</summary>
/// <param name="Accuracy">Of parameters, on the test texts.</param>
/// <param name="Outline">Of the encoder, whose shapes are public.</param>
sealed record FederatedTuning(IFederatedTask Task, Func<IReadOnlyList<double>, double> Accuracy, int TestTexts, EncoderOutline Outline)
{
    /// <param name="trained">Of the encoder; null for a classifier on its embeddings.</param>
    /// <exception cref="ArgumentException">Settings and texts do not go together.</exception>
    public static FederatedTuning Of(FederatedTexts texts, EncoderModel model, FederatedSettings settings, TrainedTensors? trained) =>
        trained is null ? OfHead(texts, model, settings) : OfEncoder(texts, model, settings, trained);

    /// <summary>The task as parties and dealer know it: no texts and no weights.</summary>
    public static IFederatedTask OfSeat(EncoderOutline outline, FederatedSettings settings, int clients, TrainedTensors? trained) => trained is null
        ? new HeadTask(new(settings, new int[clients], outline.Width + 1, outline.Classes), new ClientData?[clients], null)
        : new EncoderTask(settings, outline, null, trained, new TextSet?[clients]);

    /// <summary>Trained parameters by the names of their tensors.</summary>
    public static IReadOnlyDictionary<string, FloatTensor> TensorsOf(IFederatedTask task, IReadOnlyList<double> parameters)
    {
        var (tensors, at) = (new SortedDictionary<string, FloatTensor>(StringComparer.Ordinal), 0);
        if (task is not EncoderTask encoder)
        {
            Add("classifier", [task.Plan.Parameters.Rows, task.Plan.Parameters.Columns]);
            return tensors;
        }

        foreach (var tensor in encoder.Tensors.Where(tensor => tensor.IsTrained)) Add(tensor.Name, tensor.Shape.Rows == 1 ? [tensor.Shape.Columns] : [tensor.Shape.Rows, tensor.Shape.Columns]);
        return tensors;

        void Add(string name, int[] shape)
        {
            var count = shape.Aggregate(1, (product, size) => product * size);
            tensors[name] = new([.. parameters.Skip(at).Take(count).Select(value => (float)value)], shape);
            at += count;
        }
    }

    static FederatedTuning OfHead(FederatedTexts texts, EncoderModel model, FederatedSettings settings)
    {
        settings.Validate(texts.Clients.Count);
        var encoder = new ClearEncoder(EncoderPreparation.From(model.Published, AttentionKind.Softmax));
        var (width, classes) = (encoder.Encoder.Width, texts.Classes);
        var test = texts.Test.Count > 0 ? Data(texts.Test) : null;

        // The model owner begins with its label vectors, as zero-shot classification does. A score is 20 times a cosine; classes are centred.
        var labels = LabelMatrix.From(encoder, OwnerTexts.Embed(texts.Name, model, [.. texts.LabelSentences]));
        var start = new double[(width + 1) * classes];
        for (var i = 0; i < width; i++)
        {
            var row = labels.Weight.AsSpan(i * classes, classes);
            var mean = FixedOrder.Sum(row) / classes;
            for (var c = 0; c < classes; c++) start[i * classes + c] = (row[c] - mean) / ClientData.Norm;
        }

        ClientData?[] clients = [.. texts.Clients.Select(own => own is null ? null : Data(own))];
        return new(
            new HeadTask(new(settings, Array.ConvertAll(clients, client => client?.Texts ?? 0), width + 1, classes), clients, start),
            parameters => test is null ? double.NaN : HeadTask.Accuracy(parameters, test, classes), texts.Test.Count, EncoderOutline.Of(encoder.Encoder, classes));

        ClientData Data(IReadOnlyList<LabelledText> own) => ClientData.FromEmbeddings(
            encoder.Embeddings(OwnerTexts.Embed(texts.Name, model, [.. own.Select(text => text.Text)])), width, [.. own.Select(text => text.Label)]);
    }

    static FederatedTuning OfEncoder(FederatedTexts texts, EncoderModel model, FederatedSettings settings, TrainedTensors trained)
    {
        var encoder = EncoderPreparation.From(model.Published, AttentionKind.Softmax);
        var labels = Candidate.LabelsOf(model, OwnerTexts.Embed(texts.Name, model, [.. texts.LabelSentences]));
        TextSet?[] clients = [.. texts.Clients.Select((own, client) => own is null ? null : Set($"client {client + 1}", own))];
        var test = texts.Test.Count > 0 ? Set("test", texts.Test) : null;
        var outline = EncoderOutline.Of(encoder, labels.Classes);
        var federated = new EncoderTask(settings, outline, new EncoderTensors(model.Published.Model, labels).Of, trained, clients);
        return new(federated, parameters => test is null ? double.NaN : federated.Accuracy(parameters, test), texts.Test.Count, outline);

        TextSet Set(string name, IReadOnlyList<LabelledText> own) =>
            new(name, OwnerTexts.Embed(texts.Name, model, [.. own.Select(text => text.Text)]), [.. own.Select(text => text.Label)]);
    }
}
