using MpcActors.Actors.Nodes;
using MpcActors.Models.Private;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Tuning.Federated;

namespace MpcActors.Actors.Federations;

/// <summary>Party zero or the dealer of a federation, in a process of its own: does what the server says until it says that all is over.</summary>
/// <param name="pair">From 0.</param>
/// <param name="settings">Of the node in a session of a turn.</param>
/// <param name="log">Sentences without secrets.</param>
public sealed class SeatNode(Seat seat, int pair, int clients, Func<FederationTurn, NodeSettings> settings, FederationSeeds seeds, Func<EncoderOutline, IFederatedTask> taskOf, string stateFolder, Action<string> log)
{
    readonly SeatPrograms _programs = new(seat, pair, seeds, taskOf, stateFolder);
    readonly FederationTurn _core = FederationTurn.CoreOf(pair);
    bool _isBegun;
    string _came = "";

    /// <exception cref="FederationLostException">A session of parties and dealer failed: without them there is nothing to go on with.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var purpose = await HearAsync(cancellation);
            if (purpose == FederationTurn.Over) return;
            if (FederatedTransfer.Parse(purpose) is { } transfer)
            {
                if (seat == Seat.Zero) await TransferAsync(transfer, cancellation);
                continue;
            }

            if (FederationTurn.Called(purpose, clients, pair) is not { } turn)
            {
                if (purpose != FederationTurn.Wait && FederationTurn.Asked(purpose) is null) log($"done: {_core.SessionInWords(purpose)}");
                continue;
            }

            try
            {
                await Node.RunNamedAsync(settings(turn), name =>
                {
                    purpose = name.Purpose;
                    return _programs.Of(name, turn);
                }, null, cancellation);
                log($"done: {turn.SessionInWords(purpose)}");
            }
            catch (SessionFailedException problem) when (problem.InnerException is not (InvalidDataException or IOException or UnauthorizedAccessException))
            {
                // Whether it counts, and what is next, is the server's to say.
                log($"{turn.Name}: {turn.InWords(problem.Message)}");
            }
        }
    }

    /// <summary>With the machine of this side at the other pair. The first pair goes on without it; the other one cannot do without parameters.</summary>
    async Task TransferAsync(FederatedTransfer transfer, CancellationToken cancellation)
    {
        var turn = FederationTurn.Between(transfer.Pair, seat);
        try
        {
            await Node.RunNamedAsync(
                settings(turn), name => name.Purpose == transfer.Name ? _programs.Of(transfer) : throw new ProtocolViolationException($"'{transfer.Name}' was due, and not '{name.Purpose}'"),
                pair == 0 ? new(Seed.Fresh(), transfer.Name) : null, cancellation);
            _came = transfer.Name;
            log($"done: {transfer.Name}");
        }
        catch (SessionFailedException problem) when (pair == 0)
        {
            log($"{transfer.Name} came to nothing: {turn.InWords(problem.Message)}");
        }
        catch (SessionFailedException problem)
        {
            throw new FederationLostException(turn.InWords(problem.Message), problem);
        }
    }

    /// <summary>A session of parties and dealer: something is added up, or the server says what is next.</summary>
    async Task<string> HearAsync(CancellationToken cancellation)
    {
        var purpose = "";
        try
        {
            await Node.RunNamedAsync(settings(_core), name =>
            {
                purpose = name.Purpose;
                if (!_isBegun && FederationTurn.Begun(purpose) is { } begun)
                {
                    _programs.Begin(begun.Id, begun.Sums);
                    _isBegun = true;
                    return Nothing;
                }

                if (purpose == FederationTurn.Wait) return Nothing;
                if (!_isBegun) return TooLate;
                if (FederationTurn.Asked(purpose) is { } asked) return seat == Seat.Zero ? Tell(asked) : Nothing;
                return FederationTurn.Called(purpose, clients, pair) is null && FederatedTransfer.Parse(purpose) is null ? _programs.Of(name, _core) : Nothing;
            }, null, cancellation);
            return purpose;
        }
        catch (SessionFailedException problem)
        {
            throw new FederationLostException(_core.InWords(problem.Message), problem);
        }
    }

    /// <summary>Says whether what the other pair's machine was to give is here.</summary>
    RoleProgram Tell(FederatedTransfer transfer) => port =>
    {
        port.Send(Role.PartyOne, new byte[] { transfer.Name == _came ? (byte)1 : (byte)0 });
        return ValueTask.CompletedTask;
    };

    static ValueTask Nothing(Port port) => ValueTask.CompletedTask;

    /// <summary>Whoever was started anew has nothing of what the others know.</summary>
    static ValueTask TooLate(Port port) => throw new ProtocolViolationException($"{port.Self.Name()} was started when the federation was under way; start all parties anew with --resume");
}
