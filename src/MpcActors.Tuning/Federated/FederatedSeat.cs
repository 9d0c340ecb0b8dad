using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Tuning.Federated;

/// <summary>What one seat of the computation keeps from session to session, and what it does in each: the parties and the dealer run the same.</summary>
/// <remarks>
/// The client's side is party zero and the server's is party one: the global parameters exist as their two shares and nowhere else. A client's update is a pair of shares too, and
/// is only ever added to others; a session that does not end leaves none behind. Of several pairs the first adds up; the others have its parameters for a round, each side from its own.
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

        // The dealer's would be hollow, and of other pairs' clients it has none.
        if (party.Seat != Seat.Dealer)
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

    /// <summary>Gives its half of the parameters to its own side's machine of another pair.</summary>
    internal void SendParameters(Port port, Role to) => port.Send(to, Parameters.Value.Values);

    /// <summary>Takes them there, for a round.</summary>
    /// <exception cref="ProtocolViolationException">What came is of another size.</exception>
    internal async ValueTask ReceiveParameters(Port port, Role from)
    {
        Parameters = new(RingTensor.Of(Plan.Parameters, await port.ReceiveWords(from, Plan.Parameters.Count)), task.ParameterBits);
        _updates.Clear();
    }

    /// <summary>Gives back its half of a client's update, with the number of the client's texts before it.</summary>
    internal void SendUpdate(Port port, Role to, int client) => port.Send(to, [(ulong)Plan.Texts[client], .. _updates[client].Value.Values]);

    /// <exception cref="ProtocolViolationException">What came is of another size, or says that the client has so many texts as none can have.</exception>
    internal async ValueTask ReceiveUpdate(Port port, Role from, int client)
    {
        var words = await port.ReceiveWords(from, 1 + Plan.Parameters.Count);
        if (words[0] is 0 or > Announcement.MostTexts) throw new ProtocolViolationException($"client {client + 1} is said to have {words[0]} texts; 1 to {Announcement.MostTexts} were due");
        (Plan.Texts[client], _updates[client]) = ((int)words[0], new(RingTensor.Of(Plan.Parameters, words[1..]), task.ParameterBits));
    }

    static async ValueTask Begin(Party party)
    {
        await party.Start();
        await party.BeginEpoch(0);
    }
}
