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

    /// <summary>Party pairs, each with a dealer, that work beside each other.</summary>
    public int Pairs { get; init; } = 1;
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
/// <param name="Joining">Of clients that were picked for the first time, or that another pair was lost to, so many as <paramref name="Joined"/>.</param>
public sealed record FederatedRound(
    int Round, IReadOnlyList<int> Counted, IReadOnlyDictionary<int, string> LeftOut, SessionCost Training, SessionCost Joining, int Joined, SessionCost Aggregation)
{
    /// <summary>Of parameters and updates between machines of one side; of rounds with one pair nothing.</summary>
    public SessionCost Transfers { get; init; } = SessionCost.None;

    /// <summary>With all pairs beside each other.</summary>
    public double Seconds { get; init; }

    /// <summary>Of one pair that does it all.</summary>
    public double SecondsOfOnePair => (Training + Joining + Aggregation).Seconds;
}

/// <summary>Federated fine-tuning, simulated: sessions of all roles, one for each client and round, in which the client is the data owner, and one to add up.</summary>
public sealed class Federation
{
    readonly IFederatedTask _task;
    readonly SimulatedPair[] _pairs;
    readonly FederationDirector _director;

    public Federation(IFederatedTask task, FederationConditions conditions)
    {
        _task = task;
        var first = new SimulatedPair(0, task, conditions, null);
        _pairs = [first, .. Enumerable.Range(1, conditions.Pairs - 1).Select(pair => new SimulatedPair(pair, task, conditions, first))];
        _director = new(task.Plan, first, [.. _pairs.Skip(1)]);
    }

    /// <summary>Rounds done.</summary>
    public int Rounds => _director.Rounds;

    /// <summary>Hash over all sessions that ended, in order.</summary>
    public string Transcript => _director.Transcript;

    /// <summary>The global parameters in the clear. A simulation can add up both parties' halves; nobody in it can.</summary>
    public double[] Parameters => FixedPoint.Decode(Zero.Value + One.Value, _task.ParameterBits);

    public FederatedState State => new(_director.Past, Zero.Value.Values, One.Value.Values);

    Share Zero => _pairs[0].At(Seat.Zero).Parameters;

    Share One => _pairs[0].At(Seat.One).Parameters;

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
        _pairs[0].At(Seat.Zero).Parameters = new(RingTensor.Of(plan.Parameters, state.Zero), _task.ParameterBits);
        _pairs[0].At(Seat.One).Parameters = new(RingTensor.Of(plan.Parameters, state.One), _task.ParameterBits);
    }

    /// <summary>Picks clients, trains with each, adds up what came of it.</summary>
    public Task<FederatedRound> RoundAsync(CancellationToken cancellation = default) => _director.RoundAsync(cancellation);

    /// <summary>Gives the model owner its parameters.</summary>
    public async Task<double[]> CloseAsync(CancellationToken cancellation = default)
    {
        await _director.CloseAsync(cancellation);
        return _pairs[0].Result!;
    }
}
