using System.Globalization;
using System.Text.RegularExpressions;
using MpcActors.Protocols;
using MpcActors.Tuning.Federated;

namespace MpcActors.Actors.Federations;

/// <summary>Who takes part in a session beside a pair and its dealer: an owner whose turn it is, or nobody. Or else two machines of one side, of the first pair and of another.</summary>
/// <param name="Owner">Null for nobody.</param>
/// <param name="Client">From 0, where the owner is a client.</param>
public sealed partial record FederationTurn(Role? Owner, int? Client)
{
    /// <summary>Of a session in which an owner says what it brings.</summary>
    public const string Meeting = "meet";

    /// <summary>Of a session in which nothing happens but that everybody is seen to be there.</summary>
    public const string Wait = "wait";

    /// <summary>Of the last session.</summary>
    public const string Over = "over";

    const string Next = "next ", Came = "came: ";

    /// <summary>The pair, from 0; of two machines of one side the other one's.</summary>
    public int Pair { get; init; }

    /// <summary>Of which side the two machines are, party zeros or servers; null where a whole pair takes part.</summary>
    public Seat? Side { get; init; }

    /// <summary>Parties and dealer alone: the server says what is next.</summary>
    public static FederationTurn CoreOf(int pair) => new(null, null) { Pair = pair };

    public static FederationTurn ModelOwnerAt(int pair) => new(Role.ModelOwner, null) { Pair = pair };

    public static FederationTurn Of(int client, int pair) => new(Role.DataOwner, client) { Pair = pair };

    /// <summary>A machine of the first pair and one of another.</summary>
    public static FederationTurn Between(int pair, Seat side) => new(null, null) { Pair = pair, Side = side };

    /// <summary>"core", "model-owner", "client-2", "pair-2".</summary>
    public string Name => Side is not null ? string.Create(CultureInfo.InvariantCulture, $"pair-{Pair + 1}") : Client is { } client ? FederationSeeds.Client(client) : Owner?.Name() ?? "core";

    /// <summary>A node's message with the names that the roles have in a federation.</summary>
    public string InWords(string message) => Roles().Replace(message, role => NameOf(role.Value));

    /// <summary>A session for people: its name without hashes, and with its owner where the name does not say whose it is.</summary>
    public string SessionInWords(string purpose) => purpose is Meeting or Over ? $"{purpose} {Name}" : purpose.Split([" with ", " after "], StringSplitOptions.None)[0];

    /// <summary>How the server calls the others to it.</summary>
    public string Call => Next + Name;

    /// <summary>Null where the purpose calls nobody of so many clients.</summary>
    public static FederationTurn? Called(string purpose, int clients, int pair) =>
        Enumerable.Range(0, clients).Select(client => Of(client, pair)).Append(ModelOwnerAt(pair)).FirstOrDefault(turn => turn.Call == purpose);

    public static string Beginning(string id, int sums) => string.Create(CultureInfo.InvariantCulture, $"begin with {id} after {sums} sums");

    /// <summary>Null where the purpose is no beginning.</summary>
    public static (string Id, int Sums)? Begun(string purpose) =>
        purpose.Split(' ') is ["begin", "with", { Length: 32 } id, "after", var text, "sums"] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sums) ? (id, sums) : null;

    /// <summary>How the server asks party zero whether it has what another pair's machine was to give it.</summary>
    public static string Asking(FederatedTransfer transfer) => Came + transfer.Name;

    /// <summary>Null where the purpose asks for nothing.</summary>
    public static FederatedTransfer? Asked(string purpose) => purpose.StartsWith(Came, StringComparison.Ordinal) ? FederatedTransfer.Parse(purpose[Came.Length..]) : null;

    string NameOf(string role) => (Side, role) switch
    {
        ({ } side, "party-0") => side == Seat.Zero ? FederationSeeds.PartyZero : FederationSeeds.Server,
        ({ } side, "party-1") => FederationSeeds.At(side == Seat.Zero ? FederationSeeds.PartyZero : FederationSeeds.Server, Pair),
        (_, "party-0") => FederationSeeds.At(FederationSeeds.PartyZero, Pair),
        (_, "party-1") => FederationSeeds.At(FederationSeeds.Server, Pair),
        (_, "dealer") => FederationSeeds.At(FederationSeeds.Dealer, Pair),
        (_, "data-owner") => Client is null ? "client" : Name,
        _ => role,
    };

    /// <summary>Names of roles, and not of machines that are called after them.</summary>
    [GeneratedRegex(@"\b(party-0|party-1|dealer|data-owner)(?![-\w])")]
    private static partial Regex Roles();
}
