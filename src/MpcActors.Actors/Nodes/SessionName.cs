using MpcActors.Ring;

namespace MpcActors.Actors.Nodes;

/// <summary>What the coordinator tells all nodes of a session: the seed it is named by, and what it is for. Public among them.</summary>
/// <param name="Purpose">Printable ASCII, at most <see cref="LongestPurpose"/> letters; empty where the nodes know it anyway.</param>
public sealed record SessionName(Seed Seed, string Purpose)
{
    public const int LongestPurpose = 256;

    public static bool IsPurpose(string text) => text.Length <= LongestPurpose && text.All(letter => letter is >= ' ' and <= '~');

    /// <exception cref="ArgumentException">The purpose cannot be said.</exception>
    internal void Validate()
    {
        if (!IsPurpose(Purpose)) throw new ArgumentException($"the purpose of a session is at most {LongestPurpose} printable letters, not '{Purpose}'");
    }
}
