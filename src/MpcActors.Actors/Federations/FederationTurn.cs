using System.Globalization;
using MpcActors.Protocols;
using MpcActors.Tuning.Federated;

namespace MpcActors.Actors.Federations;

/// <summary>Who takes part in a session beside party zero, the server and the dealer: an owner whose turn it is, or nobody.</summary>
/// <param name="Owner">Null for nobody.</param>
/// <param name="Client">From 0, where the owner is a client.</param>
public sealed record FederationTurn(Role? Owner, int? Client)
{
    /// <summary>Of a session in which an owner says what it brings.</summary>
    public const string Meeting = "meet";

    /// <summary>Of the last session.</summary>
    public const string Over = "over";

    const string Next = "next ";

    /// <summary>Parties and dealer alone: the server says what is next.</summary>
    public static FederationTurn Core { get; } = new(null, null);

    public static FederationTurn ModelOwner { get; } = new(Role.ModelOwner, null);

    public static FederationTurn Of(int client) => new(Role.DataOwner, client);

    /// <summary>"core", "model-owner", "client-2".</summary>
    public string Name => Client is { } client ? FederationSeeds.Client(client) : Owner?.Name() ?? "core";

    /// <summary>A node's message with the names that the roles have in a federation.</summary>
    public string InWords(string message) => message
        .Replace(Role.PartyOne.Name(), FederationSeeds.Server, StringComparison.Ordinal)
        .Replace(Role.DataOwner.Name(), Client is null ? "client" : Name, StringComparison.Ordinal);

    /// <summary>A session for people: its name without hashes, and with its owner where the name does not say whose it is.</summary>
    public string SessionInWords(string purpose) => purpose is Meeting or Over ? $"{purpose} {Name}" : purpose.Split([" with ", " after "], StringSplitOptions.None)[0];

    /// <summary>How the server calls the others to it.</summary>
    public string Call => Next + Name;

    /// <summary>Null where the purpose calls nobody of so many clients.</summary>
    public static FederationTurn? Called(string purpose, int clients) =>
        Enumerable.Range(0, clients).Select(Of).Append(ModelOwner).FirstOrDefault(turn => turn.Call == purpose);

    public static string Beginning(string id, int sums) => string.Create(CultureInfo.InvariantCulture, $"begin with {id} after {sums} sums");

    /// <summary>Null where the purpose is no beginning.</summary>
    public static (string Id, int Sums)? Begun(string purpose) =>
        purpose.Split(' ') is ["begin", "with", { Length: 32 } id, "after", var text, "sums"] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sums) ? (id, sums) : null;
}
