using System.Globalization;
using MpcActors.Protocols;

namespace MpcActors.Tuning.Federated;

/// <summary>What goes between two machines of one side, one of the first pair and one of another: halves of the global parameters before a round, of clients' updates after it.</summary>
/// <remarks>Both machines are of the same organisation, so neither side learns more than it would with one pair. The dealers' halves are hollow, and stay where they are.</remarks>
/// <param name="Pair">The other one, above 0.</param>
/// <param name="Clients">Whose updates come from it; empty where the parameters go there.</param>
public sealed record FederatedTransfer(int Round, int Pair, IReadOnlyList<int> Clients)
{
    /// <summary>The machine of the first pair, whichever side it is of.</summary>
    public const Role First = Role.PartyZero;

    public const Role Other = Role.PartyOne;

    /// <summary>As both are told it; public.</summary>
    public string Name => Clients.Count == 0
        ? $"round {Text(Round)} parameters to pair {Text(Pair)}"
        : $"round {Text(Round)} updates {string.Join(',', Clients.Select(Text))} from pair {Text(Pair)}";

    /// <summary>The transfer of a name, or null if it is none.</summary>
    public static FederatedTransfer? Parse(string name)
    {
        var transfer = name.Split(' ') switch
        {
            ["round", var round, "parameters", "to", "pair", var pair] => new FederatedTransfer(Index(round), Index(pair), []),
            ["round", var round, "updates", var clients, "from", "pair", var pair] => new(Index(round), Index(pair), [.. clients.Split(',').Select(Index)]),
            _ => null,
        };
        return transfer?.Name == name && transfer.Round >= 0 && transfer.Pair >= 0 && transfer.Clients.All(client => client >= 0) ? transfer : null;
    }

    /// <summary>Of one side's, in either direction.</summary>
    public long BytesOf(FederatedPlan plan) => sizeof(ulong) * (Clients.Count == 0 ? plan.Parameters.Count : Clients.Count * (1L + plan.Parameters.Count));

    /// <summary>What either machine does.</summary>
    /// <exception cref="ProtocolViolationException">What came is none of this federation.</exception>
    public async ValueTask Serve(FederatedSeat seat, Port port)
    {
        if (Clients.Count == 0)
        {
            if (port.Self == First) seat.SendParameters(port, Other);
            else await seat.ReceiveParameters(port, First);
        }

        foreach (var client in Clients)
        {
            if (port.Self == First) await seat.ReceiveUpdate(port, Other, client);
            else seat.SendUpdate(port, First, client);
        }
    }

    static string Text(int index) => (index + 1).ToString(CultureInfo.InvariantCulture);

    static int Index(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number - 1 : -1;
}
