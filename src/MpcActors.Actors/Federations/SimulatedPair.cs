using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Tuning.Federated;

namespace MpcActors.Actors.Federations;

/// <summary>A party pair and its dealer, simulated, with the machines of the same sides at the first pair.</summary>
/// <remarks>Pairs are simulated one after the other, so that what is measured of one is not slowed down by another; how long they take beside each other is added up by the director.</remarks>
/// <param name="first">Null of the first itself.</param>
sealed class SimulatedPair(int pair, IFederatedTask task, FederationConditions conditions, SimulatedPair? first) : IFederationSessions, IFederationPair
{
    static readonly Seat[] Seats = [Seat.Zero, Seat.One, Seat.Dealer];

    readonly FederationSeeds _seeds = FederationSeeds.FromNumber(task.Plan.Settings.Seed);
    readonly Seed _seed = FederationSeeds.FromNumber(task.Plan.Settings.Seed).Federation(task.Settings.Hash(), run: "", pair);
    readonly Dictionary<Seat, FederatedSeat> _seats = Seats.ToDictionary(seat => seat, _ => new FederatedSeat(task));
    FederationPair? _work;
    PairOrder? _order;

    /// <summary>What the model owner got in the last session.</summary>
    public double[]? Result { get; private set; }

    public FederatedSeat At(Seat seat) => _seats[seat];

    public Task BeginAsync(PairOrder order, CancellationToken cancellation)
    {
        _order = order;
        return Task.CompletedTask;
    }

    public async Task<PairResult> EndAsync(CancellationToken cancellation)
    {
        _work ??= new(pair, this);
        var given = _order!.Round is { } round ? await TransferAsync(new(round, pair, []), cancellation) : SessionCost.None;
        var result = await _work.DoAsync(_order, cancellation);
        var taken = result.Updates(_order, pair) is { } updates ? await TransferAsync(updates, cancellation) : SessionCost.None;
        return result with { Given = given, Taken = taken };
    }

    public Task<string> MeetAsync(int? client, CancellationToken cancellation) => Task.FromResult(client is { } own
        ? _seeds.Brings(FederationSeeds.Client(own), task.HashOfTexts(own))
        : _seeds.Brings(FederationSeeds.ModelOwner, task.HashOfModel()));

    public async Task<SessionResult> RunAsync(FederatedSession session, CancellationToken cancellation)
    {
        var seed = _seed.Derive(session.Name);
        var programs = Simulation.PartyPrograms(party => session.Serve(_seats[party.Seat], party), _seeds.In(seed, FederationSeeds.At(FederationSeeds.Dealer, pair)));
        var meters = Metered(programs, Role.PartyZero, Role.PartyOne);
        if (session.Owner is { } owner)
        {
            var own = _seeds.In(seed, session.Client is { } joined ? FederationSeeds.Client(joined) : FederationSeeds.ModelOwner);
            programs[owner] = async port => Result = await session.Own(task, port, own);
        }

        var network = session.Client is { } client ? conditions.Client(client) : conditions.Network;
        var faults = session is FederatedSession.Train train ? conditions.Faults(train.Round, train.Training) : FaultPlan.None;
        var run = await Simulation.RunAsync(new(network, conditions.Work, seed) { Faults = faults }, programs, cancellation);
        var (zero, one) = (meters[Role.PartyZero], meters[Role.PartyOne]);
        return new(run.Transcript, new(
            run.Elapsed.TotalSeconds, one.Rounds, [zero.SentBytes(Role.PartyOne, Phase.Online), one.SentBytes(Role.PartyZero, Phase.Online)], one.DealtBytes));
    }

    /// <summary>Both sides' machines at the same time, each pair of them over a line like that between the parties.</summary>
    async Task<SessionCost> TransferAsync(FederatedTransfer transfer, CancellationToken cancellation)
    {
        var (seconds, bytes) = (0.0, new List<long>());
        foreach (var seat in (Seat[])[Seat.Zero, Seat.One])
        {
            var programs = new Dictionary<Role, RoleProgram>
            {
                [FederatedTransfer.First] = port => transfer.Serve(first!.At(seat), port),
                [FederatedTransfer.Other] = port => transfer.Serve(_seats[seat], port),
            };
            var meters = Metered(programs, FederatedTransfer.First, FederatedTransfer.Other);
            var run = await Simulation.RunAsync(new(conditions.Network, conditions.Work, _seed.Derive(transfer.Name)), programs, cancellation);
            seconds = Math.Max(seconds, run.Elapsed.TotalSeconds);
            bytes.Add(meters[FederatedTransfer.First].SentBytes(FederatedTransfer.Other, Phase.Online) + meters[FederatedTransfer.Other].SentBytes(FederatedTransfer.First, Phase.Online));
        }

        return new(seconds, 0, [.. bytes], 0);
    }

    static Dictionary<Role, Meter> Metered(Dictionary<Role, RoleProgram> programs, params ReadOnlySpan<Role> roles)
    {
        var meters = new Dictionary<Role, Meter>();
        foreach (var role in roles)
        {
            var program = programs[role];
            programs[role] = port =>
            {
                meters[role] = port.Meter;
                return program(port);
            };
        }

        return meters;
    }
}
