using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Tuning.Federated;

/// <summary>What one seat of the computation keeps from session to session, and what it does in each: the parties and the dealer run the same.</summary>
/// <remarks>
/// The client's side is party zero and the server's is party one: the global parameters exist as their two shares and nowhere else. A client's update is a pair of shares too, and
/// is only ever added to others; a session that does not end leaves none behind.
/// </remarks>
public sealed class FederatedSeat(FederatedPlan plan)
{
    /// <summary>Fraction bits of a client's part in the average.</summary>
    const int PartBits = 16;

    readonly Dictionary<int, (Masked Features, Share Labels)> _joined = [];
    readonly Dictionary<int, Share> _updates = [];

    /// <summary>The global parameters; hollow at the dealer's.</summary>
    public Share Parameters { get; set; } = new(RingTensor.Hollow(plan.Parameters), HeadStep.ParameterBits);

    /// <summary>The first session: the model owner gives out its parameters.</summary>
    public async ValueTask Open(Party party)
    {
        await Begin(party);
        Parameters = await party.ReceiveShare(Role.ModelOwner, plan.Parameters, HeadStep.ParameterBits);
        await party.EndEpoch();
    }

    /// <summary>A client's first session: it shares its texts, whose features are opened under a mask for all steps to come.</summary>
    public async ValueTask Join(Party party, int client)
    {
        await Begin(party);
        var features = await party.ReceiveShare(Role.DataOwner, new(plan.Texts[client], plan.Width), HeadStep.FeatureBits);
        var labels = await party.ReceiveShare(Role.DataOwner, new(plan.Texts[client], plan.Classes));
        var wire = await party.Mask(features);
        await party.EndEpoch();
        _joined[client] = (wire, labels);
    }

    /// <summary>A client's session of a round: its local steps from the global parameters, each with its consent.</summary>
    /// <exception cref="ProtocolViolationException">The client speaks of another round or step.</exception>
    public async ValueTask Train(Party party, int client, int round)
    {
        await Begin(party);
        var (features, labels) = _joined[client];
        var local = Parameters;
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

        await party.EndEpoch();
        _updates[client] = local - Parameters;
    }

    /// <summary>Adds the mean of the updates, weighted by texts, to the parameters, and forgets all updates: one round, whoever was left out.</summary>
    public async ValueTask Aggregate(Party party, IReadOnlyList<int> counted)
    {
        await Begin(party);
        var texts = counted.Sum(client => plan.Texts[client]);
        var sum = new Share(Parameters.Value - Parameters.Value, HeadStep.ParameterBits + PartBits);
        foreach (var client in counted)
            sum += new Share(_updates[client].Value * FixedPoint.Encode((double)plan.Texts[client] / texts, PartBits), sum.FractionBits);
        var next = Parameters + await party.TruncateTo(sum, HeadStep.ParameterBits);
        await party.EndEpoch();
        Parameters = next;
        _updates.Clear();
    }

    /// <summary>The last session: the model owner gets its parameters back.</summary>
    public async ValueTask Close(Party party)
    {
        await Begin(party);
        await party.EndEpoch();
        party.SendShare(Role.ModelOwner, Parameters);
    }

    static async ValueTask Begin(Party party)
    {
        await party.Start();
        await party.BeginEpoch(0);
    }
}
