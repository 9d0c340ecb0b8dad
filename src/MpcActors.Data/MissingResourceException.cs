namespace MpcActors.Data;

/// <summary>Something that must come from outside is neither in the cache nor to be had now. The message is one sentence for the user: what, why, what to do.</summary>
public sealed class MissingResourceException : Exception
{
    public MissingResourceException()
    {
    }

    public MissingResourceException(string message)
        : base(message)
    {
    }

    public MissingResourceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
