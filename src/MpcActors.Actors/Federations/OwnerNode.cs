using MpcActors.Actors.Nodes;
using MpcActors.Protocols;
using MpcActors.Tuning.Federated;

namespace MpcActors.Actors.Federations;

/// <summary>A client or the model owner of a federation, in a process of its own, at one pair: takes part whenever it is its turn, until the server says that all is over.</summary>
/// <param name="announcement">What it brings.</param>
/// <param name="log">Sentences without secrets.</param>
public sealed class OwnerNode(FederationTurn turn, NodeSettings settings, IFederatedTask task, FederationSeeds seeds, Announcement announcement, Action<string> log)
{
    static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(100);

    /// <returns>The trained parameters, of the model owner; null of a client.</returns>
    /// <exception cref="SessionFailedException">Nobody is there any more, or somebody means another federation.</exception>
    public async Task<double[]?> RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            string? purpose = null;
            double[]? result = null;
            try
            {
                await Node.RunNamedAsync(settings, name => async port =>
                {
                    purpose = name.Purpose;
                    result = await Speak(name, port);
                }, null, cancellation);
                if (purpose == FederationTurn.Over || result is not null) return result;
                log($"done: {turn.SessionInWords(purpose!)}");
            }
            catch (SessionFailedException problem) when (problem.InnerException is TimeoutException or HandshakeException)
            {
                throw new SessionFailedException(turn.InWords(problem.Message), problem);
            }
            catch (SessionFailedException problem)
            {
                // The server goes on without this one, and calls it again in its turn.
                var cause = turn.InWords(problem.Message);
                log(purpose is null ? $"not connected: {cause}" : $"{turn.SessionInWords(purpose)} came to nothing: {cause}");
                await Task.Delay(AfterFailure, cancellation);
            }
        }
    }

    async ValueTask<double[]?> Speak(SessionName name, Port port)
    {
        switch (FederatedSession.Parse(name.Purpose))
        {
            case null when name.Purpose == FederationTurn.Meeting:
                port.SendPublic(announcement.ToBytes());
                return null;
            case null when name.Purpose == FederationTurn.Over:
                return null;
            case FederatedSession.Open(var model) when model != announcement.Brings:
                throw new ProtocolViolationException("the model owner has another model than it announced");
            case FederatedSession.Join(_, var texts) when texts != announcement.Brings:
                throw new ProtocolViolationException($"{turn.Name} has other texts than it announced");
            case { } session when session.Owner == turn.Owner && session.Client == turn.Client && session.Pair == turn.Pair:
                return await session.Own(task, port, seeds.In(name.Seed, turn.Name));
            default:
                throw new ProtocolViolationException($"the server begins '{name.Purpose}' in the turn of {turn.Name}");
        }
    }
}
