using MpcActors.Protocols;

namespace MpcActors.Tuning.Federated;

/// <summary>What one seat does of a federation's training: it keeps what stays as it is, and clients' texts, from session to session.</summary>
public interface ILocalTraining
{
    /// <summary>In the first session: takes what <see cref="IFederatedTask.ShareFrozen"/> gives.</summary>
    ValueTask Open(Party party);

    /// <summary>In a client's first session: takes what <see cref="IFederatedTask.ShareTexts"/> gives.</summary>
    /// <returns>What is called when the session has ended; one that fails leaves nothing.</returns>
    ValueTask<Action> Join(Party party, int client);

    /// <summary>A client's steps of a round, each with its consent.</summary>
    /// <returns>Its parameters.</returns>
    /// <exception cref="ProtocolViolationException">The client speaks of another round or step.</exception>
    ValueTask<Share> Train(Party party, Share parameters, int client, int round);
}
