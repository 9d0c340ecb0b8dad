using MpcActors.Actors;
using MpcActors.Data;
using MpcActors.Models;
using MpcActors.Network;
using MpcActors.Tuning.Federated;

namespace MpcActors.Experiments;

/// <summary>Federated tuning on shares beside its clear twin, on the tiny model's embeddings of the tiny task, for some clients and seeds.</summary>
static class PrifftFederation
{
    const ulong ModelSeed = 1;

    public static async Task<PrifftAccuracy> AccuracyAsync(int clients, bool isQuick, ulong seed, PrifftGain step, CancellationToken cancellation)
    {
        var (rounds, seeds) = isQuick ? (2, 1) : (8, 5);
        var task = TinyTask.Create();
        var encoder = new TextEncoder(TinyModel.Create(ModelSeed), TinyModel.Tokenizer);
        var clear = new ClearEncoder(EncoderPreparation.From(encoder, AttentionKind.Softmax));
        var (pool, test) = (Data(task.Pool), Data(task.Test));
        var start = new double[pool.Width * task.ClassNames.Count];
        var sums = (Clear: 0.0, Private: 0.0);
        for (var i = 0; i < seeds; i++)
        {
            var settings = new FederatedSettings(rounds, LocalSteps: 4, clients, Batch: 8, LocalOptimizer.Sgd, 0.5, seed + (ulong)i);
            var data = Array.ConvertAll(ClientSplit.Dirichlet(pool.Labels, clients, 0.5, settings.Seed), pool.Select);
            var head = new HeadTask(FederatedPlan.Of(settings, data, task.ClassNames.Count), data, start);
            var federation = new Federation(head, new(LinkProfile.Lan, _ => LinkProfile.Lan, Work.Modelled.Default));
            var twin = new ClearFederation(head);
            await federation.OpenAsync(cancellation);
            for (var round = 0; round < rounds; round++) twin.Round(round, (await federation.RoundAsync(cancellation)).Counted);
            sums = (sums.Clear + Accuracy(twin.Parameters), sums.Private + Accuracy(await federation.CloseAsync(cancellation)));
        }

        return new(clients, rounds, seeds, Accuracy(start), sums.Clear / seeds, sums.Private / seeds, (sums.Private - sums.Clear) / seeds, step.Speedup, step.TrafficReduction);

        double Accuracy(IReadOnlyList<double> parameters) => HeadTask.Accuracy(parameters, test, task.ClassNames.Count);

        ClientData Data(IReadOnlyList<LabelledText> texts) => ClientData.FromEmbeddings(
            clear.Embeddings(new TokenEmbedding(encoder.Model).Embed([.. texts.Select(text => encoder.Tokenizer.Encode(text.Text))])), clear.Encoder.Width, [.. texts.Select(text => text.Label)]);
    }
}
