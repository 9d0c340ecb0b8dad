using System.Globalization;
using MpcActors.Ring;

namespace MpcActors.Tuning.Federated;

/// <summary>What each role of a federation keeps to itself, and what follows from it in one session. The same in a simulation and in processes.</summary>
/// <param name="of">A role's own seed, by the role's name; a process can tell its own alone.</param>
/// <remarks>The server names all sessions; what another role draws follows from its own seed and a session's, so nobody's seed tells another's.</remarks>
public sealed class FederationSeeds(Func<string, Seed> of)
{
    public const string PartyZero = "party-0", Server = "server", Dealer = "dealer", ModelOwner = "model-owner";

    /// <summary>For runs that are to be repeated and compared: a number that anybody can guess is no secret.</summary>
    public static FederationSeeds FromNumber(ulong number) => new(role => NumberedSeed(role, number));

    public static Seed NumberedSeed(string role, ulong number) => Seed.FromNumber(number).Derive(role);

    /// <param name="client">From 0; names count from 1.</param>
    public static string Client(int client) => string.Create(CultureInfo.InvariantCulture, $"client-{client + 1}");

    /// <summary>A party's, server's or dealer's name: "dealer", of the second pair "dealer-2".</summary>
    /// <param name="pair">From 0; names count from 1.</param>
    public static string At(string role, int pair) => pair == 0 ? role : string.Create(CultureInfo.InvariantCulture, $"{role}-{pair + 1}");

    /// <summary>A pair's server's: of a whole federation.</summary>
    /// <param name="facts">Hash of its settings: another federation has other masks.</param>
    /// <param name="run">Tells apart federations of the same settings; empty where they are to be compared.</param>
    public Seed Federation(byte[] facts, string run, int pair = 0) => of(At(Server, pair)).Derive($"federation {Convert.ToHexString(facts)} {run}");

    /// <summary>What a role draws in a session.</summary>
    public Seed In(Seed session, string role) => of(role).Derive(string.Create(CultureInfo.InvariantCulture, $"session {session.Value:x32}"));

    /// <summary>Names what an owner brings without telling anything of it: 32 hexadecimal digits.</summary>
    /// <param name="hash">Of all of it.</param>
    public string Brings(string role, byte[] hash) => of(role).Derive($"brings {Convert.ToHexString(hash)}").Value.ToString("x32", CultureInfo.InvariantCulture);
}
