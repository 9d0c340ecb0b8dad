using MpcActors.Protocols;

namespace MpcActors.Tuning.Federated;

/// <summary>A seat's part of <see cref="HeadTask"/>: features are opened under a mask once, when a client joins, for all steps to come.</summary>
sealed class HeadTraining(FederatedPlan plan) : ILocalTraining
{
    readonly Dictionary<int, (Masked Features, Share Labels)> _joined = [];

    public ValueTask Open(Party party) => ValueTask.CompletedTask;

    public async ValueTask<Action> Join(Party party, int client)
    {
        var features = await party.ReceiveShare(Role.DataOwner, new(plan.Texts[client], plan.Width), HeadStep.FeatureBits);
        var labels = await party.ReceiveShare(Role.DataOwner, new(plan.Texts[client], plan.Classes));
        var wire = await party.Mask(features);
        return () => _joined[client] = (wire, labels);
    }

    public async ValueTask<Share> Train(Party party, Share parameters, int client, int round)
    {
        var (features, labels) = _joined[client];
        var local = parameters;
        var adam = new HeadAdam();
        for (var step = 0; step < plan.Settings.LocalSteps; step++)
        {
            ClientProgram.RequireConsent(await party.ReceivePublic(Role.DataOwner), client, round, step);
            var rows = plan.Batch(client, round, step);
            var x = new Masked(features.Public.GatherRows(rows), features.Mask.GatherRows(rows), features.FractionBits);
            var gradient = await HeadStep.Gradient(party, local, x, labels with { Value = labels.Value.GatherRows(rows) });
            local = plan.Settings.Optimizer == LocalOptimizer.Sgd
                ? HeadStep.Descend(local, gradient, plan.Settings.LearningRate, rows.Length)
                : await adam.Step(party, local, gradient, plan.Settings.LearningRate);
        }

        return local;
    }
}
