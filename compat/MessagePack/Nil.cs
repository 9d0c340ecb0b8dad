namespace MessagePack;

/// <summary>The value of a nil token.</summary>
public readonly record struct Nil
{
    public static readonly Nil Default;
}
