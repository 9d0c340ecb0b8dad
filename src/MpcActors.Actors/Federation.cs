using System.Security.Cryptography;
using System.Text;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Tuning.Federated;

namespace MpcActors.Actors;

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
/// <param name="Joining">Of clients that were picked for the first time.</param>
public sealed record FederatedRound(int Round, IReadOnlyList<int> Counted, IReadOnlyDictionary<int, string> LeftOut, SessionCost Training, SessionCost Joining, SessionCost Aggregation);

/// <summary>Federated fine-tuning as sessions of all roles: one for each client and round, in which the client is the data owner, and one to add up.</summary>
/// <remarks>
/// A session that fails, whatever the cause, leaves its client out of the round and nothing else: its shares are dropped, no seed of it is used again,
/// and the parameters are what they were until the updates of all others are added up.
/// </remarks>
public sealed class Federation
{
    static readonly Seat[] Seats = [Seat.Zero, Seat.One, Seat.Dealer];

    readonly IFederatedTask _task;
    readonly FederatedPlan _plan;
    readonly FederationConditions _conditions;
    readonly Seed _seed;
    readonly Dictionary<Seat, FederatedSeat> _seats;
    readonly SortedSet<int> _joined = [];
    readonly List<int[]> _counted = [];

    public Federation(IFederatedTask task, FederationConditions conditions)
    {
        (_task, _plan, _conditions) = (task, task.Plan, conditions);

        // Other settings or data under the same number are another run and have other masks.
        _seed = Seed.FromNumber(_plan.Settings.Seed).Derive($"federation {Convert.ToHexString(task.Facts.Hash())}");
        _seats = Seats.ToDictionary(seat => seat, _ => new FederatedSeat(task));
    }

    /// <summary>Rounds done.</summary>
    public int Rounds => _counted.Count;

    /// <summary>Hash over all sessions that ended, in order.</summary>
    public string Transcript { get; private set; } = "";

    /// <summary>The global parameters in the clear. A simulation can add up both parties' halves; nobody in it can.</summary>
    public double[] Parameters => FixedPoint.Decode(_seats[Seat.Zero].Parameters.Value + _seats[Seat.One].Parameters.Value, _task.ParameterBits);

    public FederatedState State => new([.. _counted], Transcript, [.. _joined], _seats[Seat.Zero].Parameters.Value.Values, _seats[Seat.One].Parameters.Value.Values);

    /// <summary>The model owner gives out its parameters.</summary>
    public Task<SessionCost> OpenAsync(CancellationToken cancellation = default) => SessionAsync("open", _conditions.Network, FaultPlan.None, (seat, party) => seat.Open(party), new()
    {
        [Role.ModelOwner] = port =>
        {
            port.ShareWithParties(FixedPoint.Encode(_task.Start, _plan.Parameters, _task.ParameterBits), _seed.Derive("model owner"));
            _task.ShareFrozen(port, _seed.Derive("model owner").Derive("frozen"));
            return ValueTask.CompletedTask;
        },
    }, cancellation);

    /// <summary>Goes on from a state instead: the model owner gives out its model again and whoever had joined joins again, in the same bytes.</summary>
    /// <exception cref="InvalidDataException">The state is of other parameters.</exception>
    public async Task ResumeAsync(FederatedState state, CancellationToken cancellation = default)
    {
        if (state.Zero.Length != _plan.Parameters.Count || state.Joined.Any(client => (uint)client >= (uint)_plan.Clients))
            throw new InvalidDataException($"the saved state has {state.Zero.Length} parameters, not {_plan.Parameters}");
        await OpenAsync(cancellation);
        foreach (var client in state.Joined) await JoinAsync(client, FaultPlan.None, cancellation);
        _seats[Seat.Zero].Parameters = new(RingTensor.Of(_plan.Parameters, state.Zero), _task.ParameterBits);
        _seats[Seat.One].Parameters = new(RingTensor.Of(_plan.Parameters, state.One), _task.ParameterBits);
        _counted.AddRange(state.Counted);
        Transcript = state.Transcript;
    }

    /// <summary>Picks clients, trains with each, adds up what came of it.</summary>
    public async Task<FederatedRound> RoundAsync(CancellationToken cancellation = default)
    {
        var (round, steps) = (Rounds, _plan.Settings.LocalSteps);
        var (counted, leftOut) = (new List<int>(), new SortedDictionary<int, string>());
        var (training, joining, aggregation) = (SessionCost.None, SessionCost.None, SessionCost.None);
        foreach (var client in _plan.PickedIn(round))
        {
            var faults = _conditions.Faults(round, client);
            try
            {
                if (!_joined.Contains(client)) joining += await JoinAsync(client, FaultPlan.None, cancellation);
                training += await SessionAsync(InHistory($"round {round} client {client}"), _conditions.Client(client), faults, (seat, party) => seat.Train(party, client, round), new()
                {
                    [Role.DataOwner] = port => ClientProgram.Train(port, round, steps),
                }, cancellation);
                counted.Add(client);
            }
            catch (SessionFailedException problem)
            {
                leftOut[client] = problem.Message;
            }
        }

        if (counted.Count > 0)
            aggregation = await SessionAsync(InHistory($"round {round}"), _conditions.Network, FaultPlan.None, (seat, party) => seat.Aggregate(party, counted), [], cancellation);
        _counted.Add([.. counted]);
        return new(round, counted, leftOut, training, joining, aggregation);
    }

    /// <summary>A session's name that no other past has: a run that goes on may meet other drop-outs than it met before it was stopped, and another sum must not have the same masks.</summary>
    string InHistory(string name) => $"{name} after {Transcript}";

    /// <summary>Gives the model owner its parameters.</summary>
    public async Task<double[]> CloseAsync(CancellationToken cancellation = default)
    {
        RingTensor? result = null;
        await SessionAsync("close", _conditions.Network, FaultPlan.None, (seat, party) => seat.Close(party), new()
        {
            [Role.ModelOwner] = async port => result = await port.Reconstruct(_plan.Parameters),
        }, cancellation);
        return FixedPoint.Decode(result!, _task.ParameterBits);
    }

    async Task<SessionCost> JoinAsync(int client, FaultPlan faults, CancellationToken cancellation)
    {
        var cost = await SessionAsync($"join {client}", _conditions.Client(client), faults, (seat, party) => seat.Join(party, client), new()
        {
            [Role.DataOwner] = port =>
            {
                _task.ShareTexts(port, client, _seed.Derive("client", (ulong)client));
                return ValueTask.CompletedTask;
            },
        }, cancellation);
        _joined.Add(client);
        return cost;
    }

    async Task<SessionCost> SessionAsync(
        string name, NetworkConditions network, FaultPlan faults, Func<FederatedSeat, Party, ValueTask> work, Dictionary<Role, RoleProgram> owners, CancellationToken cancellation)
    {
        var seed = _seed.Derive(name);
        var programs = Simulation.PartyPrograms(party => work(_seats[party.Seat], party), seed.Derive("dealer"));
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

        foreach (var (role, program) in owners) programs[role] = program;
        var run = await Simulation.RunAsync(new(network, _conditions.Work, seed) { Faults = faults }, programs, cancellation);
        Transcript = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Transcript} {name} {run.Transcript}")));
        var (zero, one) = (meters[Role.PartyZero], meters[Role.PartyOne]);
        return new(
            run.Elapsed.TotalSeconds, one.Rounds, [zero.SentBytes(Role.PartyOne, Phase.Online), one.SentBytes(Role.PartyZero, Phase.Online)], one.DealtBytes);
    }
}
