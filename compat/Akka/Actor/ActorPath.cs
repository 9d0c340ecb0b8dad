namespace Akka.Actor;

public sealed record Address(string Protocol, string System)
{
    public override string ToString() => $"{Protocol}://{System}";
}

/// <summary>Where an actor lives: <c>akka://system/user/parent/child</c>.</summary>
public sealed class ActorPath : IEquatable<ActorPath>, IComparable<ActorPath>
{
    public const string ValidSymbols = "\"-_.*$+:@&=,!~';()";

    internal ActorPath(Address address) => (Address, Name) = (address, "/");

    private ActorPath(ActorPath parent, string name, long uid) => (Address, Parent, Name, Uid) = (parent.Address, parent, name, uid);

    public Address Address { get; }
    public ActorPath Parent { get; }
    public string Name { get; }
    public long Uid { get; }

    public IReadOnlyList<string> Elements => Parent is null ? [] : [.. Parent.Elements, Name];

    public ActorPath Child(string childName) => new(this, childName, 0);
    public ActorPath WithUid(long uid) => Parent is null ? this : new ActorPath(Parent, Name, uid);
    public static ActorPath operator /(ActorPath path, string name) => path.Child(name);

    public string ToStringWithoutAddress() => "/" + string.Join('/', Elements);
    public string ToStringWithAddress() => Address + ToStringWithoutAddress();
    public string ToSerializationFormat() => Uid == 0 ? ToStringWithAddress() : $"{ToStringWithAddress()}#{Uid}";
    public override string ToString() => ToStringWithAddress();

    /// <summary>Letters, digits, <see cref="ValidSymbols"/> and %hh; not empty, no leading $, which names given by the system have.</summary>
    public static bool IsValidPathElement(string s)
    {
        if (string.IsNullOrEmpty(s) || s[0] == '$') return false;
        for (var i = 0; i < s.Length; i++)
        {
            if (char.IsAsciiLetterOrDigit(s[i]) || ValidSymbols.Contains(s[i])) continue;
            if (s[i] != '%' || i + 2 >= s.Length || !char.IsAsciiHexDigit(s[i + 1]) || !char.IsAsciiHexDigit(s[i + 2])) return false;
            i += 2;
        }
        return true;
    }

    public bool Equals(ActorPath other)
    {
        for (var mine = this; !ReferenceEquals(mine, other); mine = mine.Parent, other = other.Parent)
            if (mine is null || other is null || mine.Name != other.Name || !mine.Address.Equals(other.Address)) return false;
        return true;
    }

    public int CompareTo(ActorPath other) => string.CompareOrdinal(ToString(), other?.ToString());
    public override bool Equals(object obj) => Equals(obj as ActorPath);
    public override int GetHashCode() => HashCode.Combine(Name, Parent?.Name);
    public static bool operator ==(ActorPath left, ActorPath right) => left is null ? right is null : left.Equals(right);
    public static bool operator !=(ActorPath left, ActorPath right) => !(left == right);
}
