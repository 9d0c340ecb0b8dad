namespace MpcActors.Network;

/// <summary>One direction between two ends. Ends are small numbers; who they are is the caller's affair.</summary>
public readonly record struct Link(int From, int To) : IComparable<Link>
{
    public Link Reverse => new(To, From);

    public int CompareTo(Link other) => From != other.From ? From.CompareTo(other.From) : To.CompareTo(other.To);

    public override string ToString() => $"{From} -> {To}";

    public static bool operator <(Link left, Link right) => left.CompareTo(right) < 0;
    public static bool operator >(Link left, Link right) => left.CompareTo(right) > 0;
    public static bool operator <=(Link left, Link right) => left.CompareTo(right) <= 0;
    public static bool operator >=(Link left, Link right) => left.CompareTo(right) >= 0;

    internal void Validate()
    {
        if (From == To) throw new ArgumentException($"A link joins two ends, but {this} begins and ends at the same one.");
    }
}
