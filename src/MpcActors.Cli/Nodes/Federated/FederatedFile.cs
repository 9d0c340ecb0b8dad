using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MpcActors.Actors;
using MpcActors.Actors.Federations;
using MpcActors.Actors.Nodes;
using MpcActors.Protocols;
using MpcActors.Tuning.Federated;

namespace MpcActors.Cli;

/// <summary>A process of a federation.</summary>
/// <param name="Name">As in the file: "server", "client-2".</param>
/// <param name="Role">What it is in a session: the server is party one, a client the data owner.</param>
/// <param name="Client">From 0; null of all others.</param>
sealed record FederatedMember(string Name, Role Role, int? Client)
{
    public FederationTurn Turn => Client is { } client ? FederationTurn.Of(client) : Role == Role.ModelOwner ? FederationTurn.ModelOwner : FederationTurn.Core;

    /// <summary>Sessions go on without it.</summary>
    public bool IsClient => Client is not null;
}

/// <summary>The configuration of a federation of processes; hocon/federation.hocon is an example with every setting explained.</summary>
/// <param name="Data">Each client's file of texts, where it has one.</param>
sealed record FederatedFile(string Path, FederatedBlock Federation, IReadOnlyDictionary<string, RoleBlock> Roles, IReadOnlyDictionary<int, string> Data, NodeLimits Limits)
{
    const string ClientRole = "client";

    static readonly FederatedMember[] Core =
    [
        new(FederationSeeds.PartyZero, Role.PartyZero, null), new(FederationSeeds.Server, Role.PartyOne, null), new(FederationSeeds.Dealer, Role.Dealer, null), new(FederationSeeds.ModelOwner, Role.ModelOwner, null),
    ];

    public IReadOnlyList<FederatedMember> Members => MembersOf(Federation.Clients);

    /// <summary>Whether a configuration is one of a federation.</summary>
    public static bool Is(string path) => File.Exists(path) && BadInputException.Check(() => Hocon.Load(path)).HasPath(FederatedBlock.Path);

    /// <exception cref="BadInputException">The file cannot be one; the message says what, where and what would do.</exception>
    public static FederatedFile Read(string path)
    {
        var config = BadInputException.Check(() => Hocon.Load(path));
        if (config.HasPath("mpc.session")) throw new BadInputException($"'{path}' has both mpc.session and {FederatedBlock.Path}; a deployment is one of the two");
        _ = Section.Of(config, path, "mpc", "federation", "roles", "transport");
        var federation = FederatedBlock.Read(config, path);
        var members = MembersOf(federation.Clients);
        _ = Section.Of(config, path, "mpc.roles", [.. members.Select(member => member.Name)]);
        var roles = members.ToDictionary(
            member => member.Name, member => NodeFile.ReadRole(config, path, member.Name, isDialled: member.Turn == FederationTurn.Core, member.IsClient ? ["data"] : []));
        var data = members.Where(member => member.IsClient && config.HasPath($"mpc.roles.{member.Name}.data")).ToDictionary(member => member.Client!.Value, member => config.GetString($"mpc.roles.{member.Name}.data"));
        if (!federation.HasFiles && data.Count > 0) throw new BadInputException($"'{path}' has mpc.roles.{FederationSeeds.Client(data.Keys.Min())}.data, which goes with {FederatedBlock.Path}.classes and labels");
        if (roles.GroupBy(role => role.Value.Address.Fingerprint).FirstOrDefault(group => group.Count() > 1) is { } shared)
            throw new BadInputException($"'{path}': {string.Join(" and ", shared.Select(role => role.Key))} have the same fingerprint; each role needs a certificate of its own");
        return new(path, federation, roles, data, NodeFile.ReadLimits(config, path));
    }

    /// <param name="number">Of a client, from 1, where the role does not say it.</param>
    public FederatedMember MemberOf(string role, int? number)
    {
        string[] names = [.. Members.Select(member => member.Name)];
        if (role == ClientRole && number is null) throw new BadInputException($"--role client needs --number: 1 to {Federation.Clients}");
        if (role != ClientRole && number is not null) throw new BadInputException($"--number goes with --role client, not with --role {role}");
        var name = number is { } client ? FederationSeeds.Client(client - 1) : role;
        return Members.FirstOrDefault(member => member.Name == name)
            ?? throw new BadInputException(number is null ? $"unknown role '{role}': use {string.Join(", ", names)}{Nearest.Hint(role, names)}" : $"there is no client {number} in '{Path}': its {FederatedBlock.Path}.clients is {Federation.Clients}");
    }

    /// <summary>A path of the file as seen from here.</summary>
    public string Beside(string path) => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!, path);

    /// <summary>What a member's node in a session of a turn is made of.</summary>
    /// <param name="connect">For all to be there.</param>
    public NodeSettings SettingsOf(FederatedMember member, X509Certificate2 certificate, FederationTurn turn, TimeSpan connect, Action<string> log)
    {
        var present = Members.Where(other => other.Turn == FederationTurn.Core || other.Turn == turn).ToArray();
        var settings = new NodeSettings(member.Role, present.ToDictionary(other => other.Role, other => Roles[other.Name].Address), certificate, [.. Federation.Facts, RolesFact])
        {
            Limits = Limits with { Connect = connect },
            Log = log,
            Coordinator = Role.PartyOne,
            Turn = new(turn.Name, Members.Except(present).Select(other => Roles[other.Name].Address.Fingerprint).ToHashSet(), IsAwaited: member.Turn != FederationTurn.Core),
        };
        try
        {
            settings.Validate();
        }
        catch (ArgumentException problem)
        {
            throw new BadInputException(turn.InWords(BadInputException.MessageOf(problem)), problem);
        }

        return settings;
    }

    /// <summary>The member's own seed: from its secret's file, or else from the federation's number, which is good for comparisons alone.</summary>
    public FederationSeeds SeedsOf(FederatedMember member)
    {
        var own = Roles[member.Name].Secret is { } file ? RoleFiles.Secret(file, Beside) : FederationSeeds.NumberedSeed(member.Name, Federation.Tuning.Seed);
        return new(role => role == member.Name ? own : throw new InvalidOperationException($"{member.Name} asks for the secret of {role}"));
    }

    Fact RolesFact => new("roles", Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', Members.Select(member => $"{member.Name} {Roles[member.Name].Address.Fingerprint}"))))));

    static IReadOnlyList<FederatedMember> MembersOf(int clients) =>
        [.. Core, .. Enumerable.Range(0, clients).Select(client => new FederatedMember(FederationSeeds.Client(client), Role.DataOwner, client))];
}
