using MpcActors.Actors;
using MpcActors.Actors.Federations;
using MpcActors.Data;
using MpcActors.Models;
using MpcActors.Models.Private;
using MpcActors.Models.Transformers.Training;
using MpcActors.Network;
using MpcActors.Tuning;
using MpcActors.Tuning.Federated;

namespace MpcActors.Experiments;

/// <summary>Federated tuning on shares beside its clear twin, for some clients and seeds, round by round.</summary>
/// <param name="model">The sentence encoder, frozen where a classifier on its embeddings is trained.</param>
sealed class PrifftFederation(string modelName, TextEncoder model, TextTask task)
{
    const ulong ModelSeed = 1;

    /// <summary>Of the Dirichlet split.</summary>
    const double Alpha = 0.5;

    readonly ClearEncoder _clear = new(EncoderPreparation.From(model, AttentionKind.Softmax));

    /// <summary>Means over seeds of the accuracy after each round, the untuned model's first.</summary>
    public sealed record Curves(string Name, int Clients, int Seeds, double[] Clear, double[] Private)
    {
        public int Rounds => Clear.Length - 1;

        public double Difference => Private[^1] - Clear[^1];

        /// <summary>Of the means, at the round where it is largest, whatever its sign.</summary>
        public double LargestDifference => Clear.Zip(Private, (clear, shares) => Math.Abs(shares - clear)).Max();
    }

    /// <summary>Real sentences where they can be had and time is no matter; otherwise the tiny model's.</summary>
    public static async Task<PrifftFederation> OfAsync(bool isQuick, Action<string> announce, CancellationToken cancellation)
    {
        if (isQuick) return Tiny();
        try
        {
            var progress = new Progress<string>(announce);
            var model = await UseLite.EnsureAsync(new ModelCache(), progress, cancellation);
            return new("use-lite", model, (await SentimentSentences.EnsureAsync(new ModelCache(), progress, cancellation)).Single(sentences => sentences.Name == "yelp"));
        }
        catch (MissingResourceException problem)
        {
            announce($"the tiny model and task instead: {problem.Message}");
            return Tiny();
        }
    }

    public static PrifftFederation Tiny() => new("tiny", new(TinyModel.Create(ModelSeed), TinyModel.Tokenizer), TinyTask.Create());

    /// <summary>A classifier on the encoder's embeddings, from nothing.</summary>
    public Task<Curves> HeadAsync(int clients, int rounds, int seeds, ulong seed, CancellationToken cancellation)
    {
        var (pool, test, classes) = (Features(task.Pool), Features(task.Test), task.ClassNames.Count);
        return RunAsync($"accuracy, {clients} clients", clients, rounds, seeds, seed, number =>
        {
            var settings = new FederatedSettings(rounds, LocalSteps: 4, clients, Batch: 8, LocalOptimizer.Sgd, 0.5, number);
            var data = Array.ConvertAll(ClientSplit.Dirichlet(pool.Labels, clients, Alpha, number), pool.Select);
            return (new HeadTask(FederatedPlan.Of(settings, data, classes), data, new double[pool.Width * classes]), parameters => HeadTask.Accuracy(parameters, test, classes));
        }, cancellation);
    }

    /// <summary>Low-rank adapters of the encoder's attention, from label vectors.</summary>
    public Task<Curves> AdaptersAsync(int clients, int rounds, int seeds, ulong seed, CancellationToken cancellation)
    {
        var labels = LabelMatrix.From(_clear, Embed([.. task.LabelSentences]));
        var test = Set("test", task.Test);
        return RunAsync($"accuracy, adapters, {clients} clients", clients, rounds, seeds, seed, number =>
        {
            var settings = new FederatedSettings(rounds, LocalSteps: 2, clients, Batch: 8, LocalOptimizer.Sgd, 0.1, number);
            TextSet[] data = [.. ClientSplit.Dirichlet([.. task.Pool.Select(text => text.Label)], clients, Alpha, number).Select((own, client) =>
                Set($"client {client + 1}", [.. own.Select(text => task.Pool[text])]))];
            var federated = new EncoderTask(settings, EncoderOutline.Of(_clear.Encoder, labels.Classes), new EncoderTensors(model.Model, labels).Of, new TrainedTensors.Adapters(4), data);
            return (federated, parameters => federated.Accuracy(parameters, test));
        }, cancellation);
    }

    /// <summary>What it is about, for a note.</summary>
    public string Setting => $"{modelName}, {task.Name}, texts skewed by class (Dirichlet, α = {Alpha})";

    static async Task<Curves> RunAsync(
        string name, int clients, int rounds, int seeds, ulong seed, Func<ulong, (IFederatedTask Task, Func<IReadOnlyList<double>, double> Accuracy)> of, CancellationToken cancellation)
    {
        var (clear, shares) = (new double[rounds + 1], new double[rounds + 1]);
        for (var i = 0; i < seeds; i++)
        {
            var (federated, accuracy) = of(seed + (ulong)i);
            var federation = new Federation(federated, new(LinkProfile.Lan, _ => LinkProfile.Lan, Work.Modelled.Default));
            var twin = new ClearFederation(federated);
            await federation.OpenAsync(cancellation);
            for (var round = 0; round <= rounds; round++)
            {
                if (round > 0) twin.Round(round - 1, (await federation.RoundAsync(cancellation)).Counted);
                clear[round] += accuracy(twin.Parameters) / seeds;
                shares[round] += accuracy(round < rounds ? federation.Parameters : await federation.CloseAsync(cancellation)) / seeds;
            }
        }

        return new(name, clients, seeds, clear, shares);
    }

    ClientData Features(IReadOnlyList<LabelledText> texts) =>
        ClientData.FromEmbeddings(_clear.Embeddings(Embed([.. texts.Select(text => text.Text)])), _clear.Encoder.Width, [.. texts.Select(text => text.Label)]);

    TextSet Set(string name, IReadOnlyList<LabelledText> texts) => new(name, Embed([.. texts.Select(text => text.Text)]), [.. texts.Select(text => text.Label)]);

    TextBatch Embed(string[] texts) => new TokenEmbedding(model.Model).Embed(Array.ConvertAll(texts, model.Tokenizer.Encode));
}
