namespace MpcActors.Protocols;

/// <summary>A peer did what the protocol does not allow. The session ends: the masks of this run must not be used again.</summary>
public sealed class ProtocolViolationException : Exception
{
    public ProtocolViolationException()
    {
    }

    public ProtocolViolationException(string message)
        : base(message)
    {
    }

    public ProtocolViolationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
