using MpcActors.Actors.Nodes;
using MpcActors.Models.Private;
using MpcActors.Protocols;
using MpcActors.Tuning.Federated;

namespace MpcActors.Actors.Federations;

/// <summary>Party zero or the dealer of a federation, in a process of its own: does what the server says until it says that all is over.</summary>
/// <param name="settings">Of the node in a session of a turn.</param>
/// <param name="log">Sentences without secrets.</param>
public sealed class SeatNode(Seat seat, int clients, Func<FederationTurn, NodeSettings> settings, FederationSeeds seeds, Func<EncoderOutline, IFederatedTask> taskOf, string stateFolder, Action<string> log)
{
    readonly SeatPrograms _programs = new(seat, seeds, taskOf, stateFolder);
    bool _isBegun;

    /// <exception cref="FederationLostException">A session of parties and dealer failed: without them there is nothing to go on with.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var purpose = await HearAsync(cancellation);
            if (purpose == FederationTurn.Over) return;
            if (FederationTurn.Called(purpose, clients) is not { } turn)
            {
                log($"done: {FederationTurn.Core.SessionInWords(purpose)}");
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

    /// <summary>A session of parties and dealer: something is added up, or the server says what is next.</summary>
    async Task<string> HearAsync(CancellationToken cancellation)
    {
        var purpose = "";
        try
        {
            await Node.RunNamedAsync(settings(FederationTurn.Core), name =>
            {
                purpose = name.Purpose;
                if (!_isBegun && FederationTurn.Begun(purpose) is { } begun)
                {
                    _programs.Begin(begun.Id, begun.Sums);
                    _isBegun = true;
                    return Nothing;
                }

                return !_isBegun ? TooLate : FederationTurn.Called(purpose, clients) is null ? _programs.Of(name, FederationTurn.Core) : Nothing;
            }, null, cancellation);
            return purpose;
        }
        catch (SessionFailedException problem)
        {
            throw new FederationLostException(FederationTurn.Core.InWords(problem.Message), problem);
        }
    }

    static ValueTask Nothing(Port port) => ValueTask.CompletedTask;

    /// <summary>Whoever was started anew has nothing of what the others know.</summary>
    static ValueTask TooLate(Port port) => throw new ProtocolViolationException($"{port.Self.Name()} was started when the federation was under way; start all parties anew with --resume");
}
