using MpcActors.Data;
using MpcActors.Models;
using MpcActors.Models.Private;
using MpcActors.Models.Transformers.Training;
using MpcActors.Tuning;
using MpcActors.Tuning.Federated;

namespace MpcActors.Cli;

/// <summary>A federation's task on a task's sentences, split between the clients.</summary>
/// <param name="Accuracy">Of parameters, on the test texts.</param>
sealed record FederatedTuning(IFederatedTask Task, Func<IReadOnlyList<double>, double> Accuracy, int TestTexts)
{
    /// <exception cref="ArgumentException">Settings and texts do not go together.</exception>
    public static FederatedTuning Of(TextTask task, EncoderModel model, FederateSettings settings) =>
        settings.Trained is { } trained ? OfEncoder(task, model, settings, trained) : OfHead(task, model, settings);

    static FederatedTuning OfHead(TextTask task, EncoderModel model, FederateSettings settings)
    {
        var encoder = new ClearEncoder(EncoderPreparation.From(model.Published, AttentionKind.Softmax));
        var width = encoder.Encoder.Width;
        var (pool, test, classes) = (Data(task.Pool), Data(task.Test), task.ClassNames.Count);

        // The model owner begins with its label vectors, as zero-shot classification does. A score is 20 times a cosine; classes are centred.
        var labels = LabelMatrix.From(encoder, OwnerTexts.Embed(task.Name, model, [.. task.LabelSentences]));
        var start = new double[(width + 1) * labels.Classes];
        for (var i = 0; i < width; i++)
        {
            var row = labels.Weight.AsSpan(i * labels.Classes, labels.Classes);
            var mean = FixedOrder.Sum(row) / labels.Classes;
            for (var c = 0; c < labels.Classes; c++) start[i * labels.Classes + c] = (row[c] - mean) / ClientData.Norm;
        }

        var clients = Array.ConvertAll(Split(pool.Labels, settings), pool.Select);
        return new(new HeadTask(FederatedPlan.Of(settings.Tuning, clients, classes), clients, start), parameters => HeadTask.Accuracy(parameters, test, classes), test.Texts);

        ClientData Data(IReadOnlyList<LabelledText> texts) => ClientData.FromEmbeddings(
            encoder.Embeddings(OwnerTexts.Embed(task.Name, model, [.. texts.Select(text => text.Text)])), width, [.. texts.Select(text => text.Label)]);
    }

    static FederatedTuning OfEncoder(TextTask task, EncoderModel model, FederateSettings settings, TrainedTensors trained)
    {
        var encoder = EncoderPreparation.From(model.Published, AttentionKind.Softmax);
        var labels = Candidate.LabelsOf(model, OwnerTexts.Embed(task.Name, model, [.. task.LabelSentences]));
        TextSet[] clients = [.. Split([.. task.Pool.Select(text => text.Label)], settings).Select((own, client) => Set($"client {client + 1}", [.. own.Select(text => task.Pool[text])]))];
        var test = Set("test", task.Test);
        var federated = new EncoderTask(settings.Tuning, EncoderOutline.Of(encoder, labels.Classes), new EncoderTensors(model.Published.Model, labels).Of, trained, clients);
        return new(federated, parameters => federated.Accuracy(parameters, test), test.Batch.Texts);

        TextSet Set(string name, IReadOnlyList<LabelledText> texts) =>
            new(name, OwnerTexts.Embed(task.Name, model, [.. texts.Select(text => text.Text)]), [.. texts.Select(text => text.Label)]);
    }

    static int[][] Split(int[] labels, FederateSettings settings) => settings.Alpha is { } alpha
        ? ClientSplit.Dirichlet(labels, settings.Clients, alpha, settings.Common.Seed)
        : ClientSplit.Independent(labels.Length, settings.Clients, settings.Common.Seed);
}
