using System.Globalization;
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
/// <param name="Name">As in the file: "server", "client-2", of the second pair "server-2".</param>
/// <param name="Role">What it is in a session of a pair: the server is party one, a client the data owner.</param>
/// <param name="Client">From 0; null of all others.</param>
/// <param name="Pair">From 0; of an owner, which takes part at all of them, too.</param>
sealed record FederatedMember(string Name, Role Role, int? Client, int Pair = 0)
{
    /// <summary>It dials, and waits for its turn.</summary>
    public bool IsOwner => Role is Role.DataOwner or Role.ModelOwner;

    /// <summary>Sessions go on without it.</summary>
    public bool IsDispensable => IsClient || Pair > 0;

    public bool IsClient => Client is not null;

    /// <summary>Its turn at a pair; parties and dealer have one at their own.</summary>
    public FederationTurn TurnAt(int pair) => Client is { } client ? FederationTurn.Of(client, pair) : Role == Role.ModelOwner ? FederationTurn.ModelOwnerAt(pair) : FederationTurn.CoreOf(Pair);
}

/// <summary>The configuration of a federation of processes; hocon/federation.hocon is an example with every setting explained.</summary>
/// <param name="Data">Each client's file of texts, where it has one.</param>
sealed record FederatedFile(string Path, FederatedBlock Federation, IReadOnlyDictionary<string, RoleBlock> Roles, IReadOnlyDictionary<int, string> Data, NodeLimits Limits)
{
    const string ClientRole = "client";

    static readonly (string Name, Role Role)[] Core = [(FederationSeeds.PartyZero, Role.PartyZero), (FederationSeeds.Server, Role.PartyOne), (FederationSeeds.Dealer, Role.Dealer)];

    public IReadOnlyList<FederatedMember> Members => MembersOf(Federation);

    /// <summary>Of pairs beyond those that the federation uses: in a cluster they take the place of any of these.</summary>
    public IReadOnlyList<FederatedMember> Spares => [.. Enumerable.Range(Federation.Pairs, FederateOptions.MostClients).SelectMany(CoreOf).Where(member => Roles.ContainsKey(member.Name))];

    /// <summary>What all nodes have to agree on, whoever they are.</summary>
    public IReadOnlyList<Fact> Facts => [.. Federation.Facts, new("number of pairs", Federation.Pairs.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Whether a configuration is one of a federation.</summary>
    public static bool Is(string path) => File.Exists(path) && BadInputException.Check(() => Hocon.Load(path)).HasPath(FederatedBlock.Path);

    /// <exception cref="BadInputException">The file cannot be one; the message says what, where and what would do.</exception>
    public static FederatedFile Read(string path)
    {
        var config = BadInputException.Check(() => Hocon.Load(path));
        if (config.HasPath("mpc.session")) throw new BadInputException($"'{path}' has both mpc.session and {FederatedBlock.Path}; a deployment is one of the two");
        _ = Section.Of(config, path, "mpc", "federation", "roles", "transport");
        var federation = FederatedBlock.Read(config, path);
        FederatedMember[] members = [.. MembersOf(federation), .. Enumerable.Range(federation.Pairs, FederateOptions.MostClients).Select(pair => CoreOf(pair).ToArray()).Where(pair => pair.Any(member => config.HasPath($"mpc.roles.{member.Name}"))).SelectMany(pair => pair)];
        _ = Section.Of(config, path, "mpc.roles", [.. members.Select(member => member.Name)]);
        var roles = members.ToDictionary(
            member => member.Name, member => NodeFile.ReadRole(config, path, member.Name, isDialled: !member.IsOwner, member.IsClient ? ["data"] : []));
        var data = members.Where(member => member.IsClient && config.HasPath($"mpc.roles.{member.Name}.data")).ToDictionary(member => member.Client!.Value, member => config.GetString($"mpc.roles.{member.Name}.data"));
        if (!federation.HasFiles && data.Count > 0) throw new BadInputException($"'{path}' has mpc.roles.{FederationSeeds.Client(data.Keys.Min())}.data, which goes with {FederatedBlock.Path}.classes and labels");
        if (roles.GroupBy(role => role.Value.Address.Fingerprint).FirstOrDefault(group => group.Count() > 1) is { } shared)
            throw new BadInputException($"'{path}': {string.Join(" and ", shared.Select(role => role.Key))} have the same fingerprint; each role needs a certificate of its own");
        if (members.Where(member => !member.IsOwner).GroupBy(member => (roles[member.Name].Address.Host, roles[member.Name].Address.Port)).FirstOrDefault(group => group.Count() > 1) is { } crowded)
            throw new BadInputException($"'{path}': {string.Join(" and ", crowded.Select(member => member.Name))} are both at {crowded.Key.Host}:{crowded.Key.Port}; each of them listens at an address of its own");
        return new(path, federation, roles, data, NodeFile.ReadLimits(config, path));
    }

    /// <param name="number">Of a client, from 1, where the role does not say it.</param>
    public FederatedMember MemberOf(string role, int? number)
    {
        FederatedMember[] members = [.. Members, .. Spares];
        string[] names = [.. members.Select(member => member.Name)];
        if (role == ClientRole && number is null) throw new BadInputException($"--role client needs --number: 1 to {Federation.Clients}");
        if (role != ClientRole && number is not null) throw new BadInputException($"--number goes with --role client, not with --role {role}");
        var name = number is { } client ? FederationSeeds.Client(client - 1) : role;
        return Array.Find(members, member => member.Name == name)
            ?? throw new BadInputException(number is null ? $"unknown role '{role}': use {string.Join(", ", names)}{Nearest.Hint(role, names)}" : $"there is no client {number} in '{Path}': its {FederatedBlock.Path}.clients is {Federation.Clients}");
    }

    /// <summary>A path of the file as seen from here.</summary>
    public string Beside(string path) => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!, path);

    /// <summary>The certificate of a member's own process.</summary>
    /// <exception cref="BadInputException">It has none, or another one than all know it by.</exception>
    public X509Certificate2 CertificateOf(FederatedMember member)
    {
        var (certificate, pinned) = (RoleFiles.Certificate(Roles[member.Name], Beside), Roles[member.Name].Address.Fingerprint);
        return NodeCertificate.FingerprintOf(certificate) is var own && own == pinned ? certificate : throw new BadInputException($"the certificate of {member.Name} has the fingerprint {own}, but the configuration says {pinned}");
    }

    /// <summary>The same federation with other machines.</summary>
    /// <param name="addresses">Of each member.</param>
    /// <param name="own">This process's name in the file, where its own certificate, key and secret are.</param>
    /// <param name="place">The name that it has among the others.</param>
    public FederatedFile With(IReadOnlyDictionary<string, NodeAddress> addresses, string own, string place) =>
        this with { Roles = Members.ToDictionary(member => member.Name, member => Roles[member.Name == place ? own : member.Name] with { Address = addresses[member.Name] }) };

    /// <summary>What a member's node in a session of a turn is made of.</summary>
    /// <param name="connect">For all to be there.</param>
    public NodeSettings SettingsOf(FederatedMember member, X509Certificate2 certificate, FederationTurn turn, TimeSpan connect, Action<string> log)
    {
        var present = RolesIn(turn);
        var settings = new NodeSettings(
            present.Single(other => other.Value == member).Key, present.ToDictionary(other => other.Key, other => Roles[other.Value.Name].Address), certificate,
            [.. Facts, RolesFact])
        {
            Limits = Limits with { Connect = connect },
            Log = log,
            Coordinator = turn.Side is null ? Role.PartyOne : FederatedTransfer.First,
            Turn = new(turn.Name, Members.Except(present.Values).Select(other => Roles[other.Name].Address.Fingerprint).ToHashSet(), IsAwaited: member.IsOwner || (turn.Side is not null && member.Pair > 0)),
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

    /// <summary>Who is what in a session.</summary>
    Dictionary<Role, FederatedMember> RolesIn(FederationTurn turn)
    {
        if (turn.Side is not { } side)
            return Members.Where(other => other.IsOwner ? other.Role == turn.Owner && other.Client == turn.Client : other.Pair == turn.Pair).ToDictionary(other => other.Role);
        var role = side == Seat.Zero ? Role.PartyZero : Role.PartyOne;
        return new() { [FederatedTransfer.First] = Of(0), [FederatedTransfer.Other] = Of(turn.Pair) };

        FederatedMember Of(int pair) => Members.Single(other => other.Role == role && other.Pair == pair);
    }

    /// <summary>The member's own seed: from its secret's file, or else from the federation's number, which is good for comparisons alone.</summary>
    public FederationSeeds SeedsOf(FederatedMember member)
    {
        var own = Roles[member.Name].Secret is { } file ? RoleFiles.Secret(file, Beside) : FederationSeeds.NumberedSeed(member.Name, Federation.Tuning.Seed);
        return new(role => role == member.Name ? own : throw new InvalidOperationException($"{member.Name} asks for the secret of {role}"));
    }

    Fact RolesFact => new("roles", Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', Members.Select(member => $"{member.Name} {Roles[member.Name].Address.Fingerprint}"))))));

    static IReadOnlyList<FederatedMember> MembersOf(FederatedBlock federation) =>
    [
        .. CoreOf(0), new(FederationSeeds.ModelOwner, Role.ModelOwner, null),
        .. Enumerable.Range(0, federation.Clients).Select(client => new FederatedMember(FederationSeeds.Client(client), Role.DataOwner, client)),
        .. Enumerable.Range(1, federation.Pairs - 1).SelectMany(CoreOf),
    ];

    static IEnumerable<FederatedMember> CoreOf(int pair) => Core.Select(member => new FederatedMember(FederationSeeds.At(member.Name, pair), member.Role, null, pair));
}
