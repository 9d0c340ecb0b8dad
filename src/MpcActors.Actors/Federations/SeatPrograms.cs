using MpcActors.Actors.Nodes;
using MpcActors.Models.Private;
using MpcActors.Protocols;
using MpcActors.Tuning.Federated;

namespace MpcActors.Actors.Federations;

/// <summary>What a party or the dealer of a federation in processes does in a session of some name, and what it keeps from one to the next.</summary>
/// <param name="pair">From 0.</param>
/// <param name="taskOf">The task as this seat knows it, once the model owner has announced the shapes of its model.</param>
/// <param name="stateFolder">Where a party of the first pair keeps its half of the parameters; the dealer keeps nothing.</param>
sealed class SeatPrograms(Seat seat, int pair, FederationSeeds seeds, Func<EncoderOutline, IFederatedTask> taskOf, string stateFolder)
{
    FederatedSeat? _seat;
    IFederatedTask? _task;
    ParameterStates? _states;
    Announcement? _announced;
    int _sums;

    public IFederatedTask Task => _task ?? throw new ProtocolViolationException("the model owner has announced no model yet");

    FederatedSeat Kept => _seat ?? throw new ProtocolViolationException("the model owner has announced no model yet");

    /// <summary>What the owner brings that was met last.</summary>
    public string Brings => _announced!.Brings;

    /// <summary>The federation begins, or goes on from so many sums.</summary>
    public void Begin(string id, int sums)
    {
        _sums = sums;
        _states = seat == Seat.Dealer || pair > 0 ? null : new(Path.Combine(stateFolder, seat == Seat.Zero ? FederationSeeds.PartyZero : FederationSeeds.Server), id);
    }

    /// <param name="turn">Whose turn it is.</param>
    public RoleProgram Of(SessionName name, FederationTurn turn) => async port =>
    {
        var party = new Party(seat, port, seat == Seat.Dealer ? seeds.In(name.Seed, FederationSeeds.At(FederationSeeds.Dealer, pair)) : default);
        switch (FederatedSession.Parse(name.Purpose))
        {
            case null when name.Purpose == FederationTurn.Meeting:
                Learn(Announcement.FromBytes((await party.ReceivePublic(turn.Owner ?? Role.DataOwner)).Span, turn.Client is null), turn);
                break;
            case null when name.Purpose == FederationTurn.Over:
                break;
            case { } session when session.Owner == turn.Owner && session.Client == turn.Client && session.Pair == pair:
                await session.Serve(Kept, party);
                if (session is FederatedSession.Open && _sums > 0 && _states is not null) Kept.Parameters = _states.Read(_sums, Task.Plan.Parameters, Task.ParameterBits);
                if (session is FederatedSession.AddUp) _states?.Write(++_sums, Kept.Parameters);
                break;
            default:
                throw new ProtocolViolationException($"the server begins '{name.Purpose}' in the turn of {turn.Name}");
        }
    };

    /// <summary>Between this machine and one of its own side.</summary>
    public RoleProgram Of(FederatedTransfer transfer) => port => transfer.Serve(Kept, port);

    void Learn(Announcement announcement, FederationTurn turn)
    {
        _announced = announcement;
        if (turn.Client is { } client)
        {
            Task.Learn(client, announcement.Lengths);
            return;
        }

        _task = taskOf(announcement.Outline!);
        _seat = new(_task);
    }
}
