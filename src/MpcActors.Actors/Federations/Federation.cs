using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Tuning.Federated;

namespace MpcActors.Actors.Federations;

/// <summary>What the sessions of a federated fine-tuning run on.</summary>
/// <param name="Network">Of the server's own sessions.</param>
/// <param name="Client">Of a client's sessions: its pair with the server may have a slow line.</param>
public sealed record FederationConditions(NetworkConditions Network, Func<int, NetworkConditions> Client, Work Work)
{
    /// <summary>What goes wrong in a client's session of a round.</summary>
    public Func<int, int, FaultPlan> Faults { get; init; } = (_, _) => FaultPlan.None;
}

/// <summary>What a session, or several, took online, with keys and corrections beside it.</summary>
/// <param name="SentBytes">By each party, to the other.</param>
/// <param name="DealtBytes">By the dealer, to both parties together.</param>
public sealed record SessionCost(double Seconds, int Rounds, long[] SentBytes, long DealtBytes)
{
    public static SessionCost None { get; } = new(0, 0, [0, 0], 0);

    public static SessionCost operator +(SessionCost left, SessionCost right) => new(
        left.Seconds + right.Seconds, left.Rounds + right.Rounds, [left.SentBytes[0] + right.SentBytes[0], left.SentBytes[1] + right.SentBytes[1]], left.DealtBytes + right.DealtBytes);
}

/// <summary>A round that is over.</summary>
/// <param name="Counted">Clients whose updates are in the parameters.</param>
/// <param name="LeftOut">Clients whose session did not end, each with the cause.</param>
/// <param name="Training">Of all clients that counted.</param>
/// <param name="Joining">Of clients that were picked for the first time, so many as <paramref name="Joined"/>.</param>
public sealed record FederatedRound(
    int Round, IReadOnlyList<int> Counted, IReadOnlyDictionary<int, string> LeftOut, SessionCost Training, SessionCost Joining, int Joined, SessionCost Aggregation);

/// <summary>Federated fine-tuning, simulated: sessions of all roles, one for each client and round, in which the client is the data owner, and one to add up.</summary>
public sealed class Federation : IFederationSessions
{
    static readonly Seat[] Seats = [Seat.Zero, Seat.One, Seat.Dealer];

    readonly IFederatedTask _task;
    readonly FederationConditions _conditions;
    readonly FederationSeeds _seeds;
    readonly Seed _seed;
    readonly Dictionary<Seat, FederatedSeat> _seats;
    readonly FederationDirector _director;
    double[]? _result;

    public Federation(IFederatedTask task, FederationConditions conditions)
    {
        (_task, _conditions, _seeds) = (task, conditions, FederationSeeds.FromNumber(task.Plan.Settings.Seed));
        _seed = _seeds.Federation(task.Settings.Hash(), run: "");
        _seats = Seats.ToDictionary(seat => seat, _ => new FederatedSeat(task));
        _director = new(task.Plan, this);
    }

    /// <summary>Rounds done.</summary>
    public int Rounds => _director.Rounds;

    /// <summary>Hash over all sessions that ended, in order.</summary>
    public string Transcript => _director.Transcript;

    /// <summary>The global parameters in the clear. A simulation can add up both parties' halves; nobody in it can.</summary>
    public double[] Parameters => FixedPoint.Decode(_seats[Seat.Zero].Parameters.Value + _seats[Seat.One].Parameters.Value, _task.ParameterBits);

    public FederatedState State => new(_director.Past, _seats[Seat.Zero].Parameters.Value.Values, _seats[Seat.One].Parameters.Value.Values);

    /// <summary>The model owner gives out its parameters.</summary>
    public Task<SessionCost> OpenAsync(CancellationToken cancellation = default) => _director.OpenAsync(cancellation);

    /// <summary>Goes on from a state instead: the model owner gives out its model again and whoever had joined joins again, in the same bytes.</summary>
    /// <exception cref="InvalidDataException">The state is of other parameters.</exception>
    public async Task ResumeAsync(FederatedState state, CancellationToken cancellation = default)
    {
        var plan = _task.Plan;
        if (state.Zero.Length != plan.Parameters.Count || state.Past.Joined.Keys.Any(client => (uint)client >= (uint)plan.Clients))
            throw new InvalidDataException($"the saved state has {state.Zero.Length} parameters, not {plan.Parameters}");
        await _director.GoOnAsync(state.Past, cancellation);
        _seats[Seat.Zero].Parameters = new(RingTensor.Of(plan.Parameters, state.Zero), _task.ParameterBits);
        _seats[Seat.One].Parameters = new(RingTensor.Of(plan.Parameters, state.One), _task.ParameterBits);
    }

    /// <summary>Picks clients, trains with each, adds up what came of it.</summary>
    public Task<FederatedRound> RoundAsync(CancellationToken cancellation = default) => _director.RoundAsync(cancellation);

    /// <summary>Gives the model owner its parameters.</summary>
    public async Task<double[]> CloseAsync(CancellationToken cancellation = default)
    {
        await _director.CloseAsync(cancellation);
        return _result!;
    }

    Task<string> IFederationSessions.MeetAsync(int? client, CancellationToken cancellation) => Task.FromResult(Brings(client));

    async Task<SessionResult> IFederationSessions.RunAsync(FederatedSession session, CancellationToken cancellation)
    {
        var seed = _seed.Derive(session.Name);
        var programs = Simulation.PartyPrograms(party => session.Serve(_seats[party.Seat], party), _seeds.In(seed, FederationSeeds.Dealer));
        var meters = new Dictionary<Role, Meter>();
        foreach (var role in (Role[])[Role.PartyZero, Role.PartyOne])
        {
            var program = programs[role];
            programs[role] = port =>
            {
                meters[role] = port.Meter;
                return program(port);
            };
        }

        if (session.Owner is { } owner)
        {
            var own = _seeds.In(seed, session.Client is { } joined ? FederationSeeds.Client(joined) : FederationSeeds.ModelOwner);
            programs[owner] = async port => _result = await session.Own(_task, port, own);
        }

        var network = session.Client is { } client ? _conditions.Client(client) : _conditions.Network;
        var faults = session is FederatedSession.Train train ? _conditions.Faults(train.Round, train.Training) : FaultPlan.None;
        var run = await Simulation.RunAsync(new(network, _conditions.Work, seed) { Faults = faults }, programs, cancellation);
        var (zero, one) = (meters[Role.PartyZero], meters[Role.PartyOne]);
        return new(run.Transcript, new(
            run.Elapsed.TotalSeconds, one.Rounds, [zero.SentBytes(Role.PartyOne, Phase.Online), one.SentBytes(Role.PartyZero, Phase.Online)], one.DealtBytes));
    }

    string Brings(int? client) => client is { } own
        ? _seeds.Brings(FederationSeeds.Client(own), _task.HashOfTexts(own))
        : _seeds.Brings(FederationSeeds.ModelOwner, _task.HashOfModel());
}
