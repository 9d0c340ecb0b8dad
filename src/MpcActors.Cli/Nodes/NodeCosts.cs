using MpcActors.Actors.Nodes;
using MpcActors.Protocols;

namespace MpcActors.Cli;

/// <summary>What a session of processes cost, as its nodes counted and measured it.</summary>
static class NodeCosts
{
    /// <summary>In reports, where simulated sessions name a profile.</summary>
    public const string Network = "processes";

    /// <summary>Of one of several party pairs.</summary>
    public static string NetworkOf(int pair) => FormattableString.Invariant($"{Network}, pair {pair + 1}");

    public static bool IsOfProcesses(string network) => network.StartsWith(Network, StringComparison.Ordinal);

    static readonly Role[] Parties = [Role.PartyZero, Role.PartyOne];

    public static Cost Of(NodeOutcome outcome)
    {
        // Each link is told of by both of its ends.
        LinkSummary[] links = [.. outcome.Nodes.SelectMany(node => node.Links.Where(link => link.From == node.Role))];
        var compute = outcome.Nodes.ToDictionary(
            node => node.Role.Name(),
            node => node.Role == Role.Dealer ? new RoleSeconds(0, node.Busy.TotalSeconds) : new RoleSeconds(node.Busy.TotalSeconds, 0));
        return new Cost(
            outcome.Nodes.Single(node => node.Role == Role.PartyZero).Rounds,
            Array.ConvertAll(Parties, party => links.Where(link => link.From == party).Sum(link => link.OnlineBytes)),
            Array.ConvertAll(Parties, party => links.Where(link => link.To == party).Sum(link => link.OfflineBytes)),
            outcome.Elapsed.TotalSeconds,
            compute.Values.Sum(role => role.Online + role.Offline),
            compute);
    }
}
