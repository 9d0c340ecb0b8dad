using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Tuning.Federated;

/// <summary>What one seat of the computation keeps from session to session, and what it does in each: the parties and the dealer run the same.</summary>
/// <remarks>
/// The client's side is party zero and the server's is party one: the global parameters exist as their two shares and nowhere else. A client's update is a pair of shares too, and
/// is only ever added to others; a session that does not end leaves none behind.
/// </remarks>
public sealed class FederatedSeat(IFederatedTask task)
{
    /// <summary>Fraction bits of a client's part in the average.</summary>
    const int PartBits = 16;

    readonly ILocalTraining _training = task.NewTraining();
    readonly Dictionary<int, Share> _updates = [];

    FederatedPlan Plan => task.Plan;

    /// <summary>The global parameters; hollow at the dealer's.</summary>
    public Share Parameters { get; set; } = new(RingTensor.Hollow(task.Plan.Parameters), task.ParameterBits);

    /// <summary>The first session: the model owner gives out its parameters, and what of its model stays as it is.</summary>
    public async ValueTask Open(Party party)
    {
        await Begin(party);
        Parameters = await party.ReceiveShare(Role.ModelOwner, Plan.Parameters, task.ParameterBits);
        await _training.Open(party);
        await party.EndEpoch();
    }

    /// <summary>A client's first session: it shares its texts.</summary>
    public async ValueTask Join(Party party, int client)
    {
        await Begin(party);
        var keep = await _training.Join(party, client);
        await party.EndEpoch();
        keep();
    }

    /// <summary>A client's session of a round: its local steps from the global parameters, each with its consent.</summary>
    /// <exception cref="ProtocolViolationException">The client speaks of another round or step.</exception>
    public async ValueTask Train(Party party, int client, int round)
    {
        await Begin(party);
        var local = await _training.Train(party, Parameters, client, round);
        await party.EndEpoch();
        _updates[client] = local - Parameters;
    }

    /// <summary>Adds the mean of the updates, weighted by texts, to the parameters, and forgets all updates: one round, whoever was left out.</summary>
    public async ValueTask Aggregate(Party party, IReadOnlyList<int> counted)
    {
        await Begin(party);
        var texts = counted.Sum(client => Plan.Texts[client]);
        var sum = new Share(Parameters.Value - Parameters.Value, task.ParameterBits + PartBits);
        foreach (var client in counted)
            sum += new Share(_updates[client].Value * FixedPoint.Encode((double)Plan.Texts[client] / texts, PartBits), sum.FractionBits);
        var next = Parameters + await party.TruncateTo(sum, task.ParameterBits);
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
