using MpcActors.Actors.Nodes;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Tuning.Federated;

namespace MpcActors.Actors.Federations;

/// <summary>Another pair as the first one's server has it: tells the other server what to do in a session of the two, and asks for what came of it in others.</summary>
/// <remarks>All of it while the first pair is idle, at the first pair's own addresses: the other machines dial, and wait as owners do.</remarks>
/// <param name="pair">Above 0.</param>
/// <param name="id">Of the federation.</param>
sealed class RemotePair(int pair, ServedPair first, string id) : IFederationPair
{
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20), LongestPause = TimeSpan.FromSeconds(1);

    readonly FederationTurn _link = FederationTurn.Between(pair, Seat.One);
    PairOrder? _order;
    SessionCost _given = SessionCost.None;
    int _number;
    bool _wasThere;

    public async Task BeginAsync(PairOrder order, CancellationToken cancellation)
    {
        (_order, _given, _number) = (order, SessionCost.None, _number + 1);
        var given = order.Round is { } round ? new FederatedTransfer(round, pair, []) : null;
        var outcome = await LinkAsync(PairMessages.Ordering(_number), async port =>
        {
            port.Send(FederatedTransfer.Other, new PairTask(id, order).ToBytes());
            if (given is not null) await first.Of(given)(port);
        }, cancellation);
        if (given is null) return;
        _given = CostOf(given, outcome);
        await first.CoreAsync(given.Name, cancellation);
    }

    public async Task<PairResult> EndAsync(CancellationToken cancellation)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var (answer, taken, outcome) = await AskAsync(cancellation);
            if (answer.Lost is { } cause) throw new PairLostException(cause);
            if (answer.Result is { } result)
            {
                if (taken is null) return result with { Given = _given };
                await first.CoreAsync(taken.Name, cancellation);
                if (!await first.HasComeAsync(taken, cancellation)) throw new PairLostException($"{FederationSeeds.PartyZero} got no updates from {FederationSeeds.At(FederationSeeds.PartyZero, pair)}");
                return result with { Given = _given, Taken = CostOf(taken, outcome) };
            }

            await first.BeatAsync(cancellation);
            await Task.Delay(pause, cancellation);
        }
    }

    /// <summary>Lets it go.</summary>
    public async Task PartAsync(CancellationToken cancellation)
    {
        try
        {
            await LinkAsync(FederationTurn.Over, _ => ValueTask.CompletedTask, cancellation);
        }
        catch (PairLostException)
        {
            // It will see that nobody is there any more.
        }
    }

    async Task<(PairAnswer Answer, FederatedTransfer? Taken, NodeOutcome Outcome)> AskAsync(CancellationToken cancellation)
    {
        var (answer, taken) = (new PairAnswer(null, null), (FederatedTransfer?)null);
        var outcome = await LinkAsync(PairMessages.Asking(_number), async port =>
        {
            answer = PairAnswer.FromBytes((await port.Receive(FederatedTransfer.Other)).Span, _order!);
            taken = answer.Result?.Updates(_order!, pair);
            if (taken is not null) await first.Of(taken)(port);
        }, cancellation);
        return (answer, taken, outcome);
    }

    async Task<NodeOutcome> LinkAsync(string purpose, RoleProgram program, CancellationToken cancellation)
    {
        try
        {
            var outcome = await Node.RunNamedAsync(first.Settings.Settings(_link, !_wasThere), _ => program, new(Seed.Fresh(), purpose), cancellation);
            _wasThere = true;
            return outcome;
        }
        catch (SessionFailedException problem)
        {
            // Party zero and dealer have waited meanwhile.
            await first.CoreAsync(FederationTurn.Wait, cancellation);
            throw new PairLostException(_link.InWords(problem.Message), problem);
        }
    }

    /// <summary>Party zeros hand over as much, and the dealers nothing.</summary>
    SessionCost CostOf(FederatedTransfer transfer, NodeOutcome outcome)
    {
        var bytes = transfer.BytesOf(first.Task.Plan);
        return SessionCost.None with { Seconds = outcome.Elapsed.TotalSeconds, SentBytes = [bytes, bytes] };
    }
}
