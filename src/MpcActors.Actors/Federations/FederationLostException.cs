namespace MpcActors.Actors.Federations;

/// <summary>Party zero or the dealer is gone, or differs: a pair cannot go on without them, and a federation not without its first pair.</summary>
public sealed class FederationLostException : Exception
{
    public FederationLostException()
    {
    }

    public FederationLostException(string message)
        : base(message)
    {
    }

    public FederationLostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
