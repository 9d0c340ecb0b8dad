using MpcActors.Tuning.Federated;

namespace MpcActors.Actors.Federations;

/// <summary>A party pair with its dealer, as the director sees it: it is told what to do, works beside the others, and says what came of it.</summary>
public interface IFederationPair
{
    /// <summary>Hands over what it is to do, with the parameters of the round.</summary>
    /// <exception cref="PairLostException">It is not there.</exception>
    Task BeginAsync(PairOrder order, CancellationToken cancellation);

    /// <summary>What came of it, when it is done; clients' updates are then where they are added up.</summary>
    /// <exception cref="PairLostException">It is there no longer.</exception>
    Task<PairResult> EndAsync(CancellationToken cancellation);
}

/// <summary>A pair is gone that others can stand in for.</summary>
public sealed class PairLostException : Exception
{
    public PairLostException()
    {
    }

    public PairLostException(string message)
        : base(message)
    {
    }

    public PairLostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>What a pair is to do next.</summary>
/// <param name="Round">In which its clients train; null where the model owner gives out its model and clients join again.</param>
/// <param name="Model">Keyed hash of the model; empty before anybody knows it.</param>
/// <param name="Past">Hash of all sessions before.</param>
public sealed record PairOrder(int? Round, string Model, string Past, IReadOnlyList<PairClient> Clients);

/// <param name="Texts">Keyed hash of those that the client joined with, wherever it was; null before.</param>
public sealed record PairClient(int Client, string? Texts);

/// <summary>What came of an order.</summary>
/// <param name="Opened">Where the model was given out.</param>
public sealed record PairResult(string Model, SessionResult? Opened, IReadOnlyList<ClientResult> Clients)
{
    /// <summary>Of parameters, to the pair.</summary>
    public SessionCost Given { get; init; } = SessionCost.None;

    /// <summary>Of updates, from it.</summary>
    public SessionCost Taken { get; init; } = SessionCost.None;

    /// <summary>Of all sessions with clients.</summary>
    public SessionCost Sessions => Clients.Aggregate(SessionCost.None, (sum, client) => sum + (client.Join?.Cost ?? SessionCost.None) + (client.Training?.Cost ?? SessionCost.None));

    /// <summary>What has to come from the pair after it; null for nothing.</summary>
    public FederatedTransfer? Updates(PairOrder order, int pair) =>
        order.Round is { } round && Clients.Any(client => client.Training is not null) ? new(round, pair, [.. Clients.Where(client => client.Training is not null).Select(client => client.Client)]) : null;
}

/// <param name="Texts">Null of one that has not joined.</param>
/// <param name="Join">Null where it had joined before, or failed to.</param>
/// <param name="Training">Null where it came to nothing, or was not asked for.</param>
/// <param name="Failure">Why; null where all went well.</param>
public sealed record ClientResult(int Client, string? Texts, SessionResult? Join, SessionResult? Training, string? Failure);
