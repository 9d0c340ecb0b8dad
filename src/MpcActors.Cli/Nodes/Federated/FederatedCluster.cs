using System.Globalization;
using MpcActors.Actors;
using MpcActors.Actors.Crews;
using MpcActors.Actors.Federations;
using MpcActors.Protocols;
using MpcActors.Tuning.Federated;

namespace MpcActors.Cli;

/// <summary>A process of a federation that is told by a coordinator where the others are, and of a further pair which place it has, in place of its own file.</summary>
sealed class FederatedCluster(FederatedFile file, ClusterFile cluster, FederatedMember member, NodeWatch watch)
{
    bool _hasBegun;

    /// <summary>Machines of a further pair are nobody's own: they serve until they are told to end.</summary>
    bool IsFree => member.Pair > 0;

    /// <summary>Takes part in its own federation until that is over, or in any that needs a pair until it is told to end.</summary>
    /// <param name="play">A member's part in a federation whose machines are those of the file.</param>
    /// <exception cref="SessionFailedException">The cluster has put this process out, or the coordinator has given the federation up.</exception>
    public async Task RunAsync(Func<FederatedFile, FederatedMember, CancellationToken, Task> play, CancellationToken cancellation)
    {
        using (file.CertificateOf(member)) _ = file.SeedsOf(member);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var self = new Announced("", KindOf(member), file.Roles[member.Name].Address, Announced.GroupOf(file.Facts), 1, [], member is { Role: Role.PartyOne, Pair: 0 } ? Wants : []);
        watch.Say(self.Leads ? "waiting for its federation" : IsFree ? "waiting for a federation that needs it" : "waiting for its server");
        var one = new ClusterMember(self, async (crew, stop) =>
        {
            try
            {
                await TakePart(crew, play, stop);
                watch.Say($"crew {crew.Crew}: done");
                if (!IsFree) done.TrySetResult();
            }
            catch (Exception problem) when (!cancellation.IsCancellationRequested)
            {
                var cause = problem is OperationCanceledException ? new SessionFailedException($"the coordinator has given crew {crew.Crew} up", problem) : problem;
                // At once: leaving the cluster takes a while.
                watch.Say($"crew {crew.Crew}: {(cause is SessionFailedException or FederationLostException ? cause.Message : cause.GetType().Name)}");
                if (!IsFree) done.TrySetException(cause);
                throw cause is FederationLostException ? new SessionFailedException(cause.Message, cause) : cause;
            }
        });
        await ClusterShell.ServeAsync(cluster.At(cluster.Host, 0), [one], cluster.AnnounceEvery, IsFree ? Task.Delay(Timeout.Infinite, cancellation) : done.Task, watch.Say, cancellation);
    }

    Task TakePart(Assigned crew, Func<FederatedFile, FederatedMember, CancellationToken, Task> play, CancellationToken stop)
    {
        var place = PlaceIn(crew, member, file, cluster);
        if (!IsFree && _hasBegun) throw new SessionFailedException($"{member.Name} has had its part");
        _hasBegun = true;
        watch.Say($"crew {crew.Crew}: {place.Name}");
        watch.Keep($"crew {crew.Crew}: with {crew.InWords(place.Name)}");
        return play(file.With(crew.Places, member.Name, place.Name), place, stop);
    }

    /// <summary>Only the server names its federation: its own members by their certificates, those of further pairs by what they do.</summary>
    Wanted[] Wants => [.. file.Members.Where(other => other != member).Select(other => new Wanted(other.Name, KindOf(other), other.Pair > 0 ? null : file.Roles[other.Name].Address.Fingerprint, other.IsDispensable))];

    static string KindOf(FederatedMember member) => member.Pair == 0 ? member.Name : string.Create(CultureInfo.InvariantCulture, $"free {(member.Role == Role.PartyOne ? FederationSeeds.Server : member.Role.Name())}");

    /// <summary>What a process is in a crew that a coordinator names, which nobody has to believe.</summary>
    /// <param name="member">The process, as its file has it.</param>
    /// <exception cref="SessionFailedException">The coordinator names somebody who is not pinned here, or other places than those of the federation.</exception>
    public static FederatedMember PlaceIn(Assigned crew, FederatedMember member, FederatedFile file, ClusterFile cluster)
    {
        var (members, own) = (file.Members, file.Roles[member.Name].Address);
        if (members.Count != crew.Places.Count || members.Any(other => !crew.Places.ContainsKey(other.Name)))
            throw Refusal($"{string.Join(", ", crew.Places.Keys.Order(StringComparer.Ordinal))} are not {string.Join(", ", members.Select(other => other.Name))}");
        if (crew.Places.GroupBy(place => place.Value.Fingerprint).FirstOrDefault(group => group.Count() > 1) is { } shared)
            throw Refusal($"{string.Join(" and ", shared.Select(place => place.Key).Order(StringComparer.Ordinal))} have one certificate, {shared.Key}");
        var place = members.FirstOrDefault(other => crew.Places[other.Name] == own && other.Role == member.Role && (member.Pair > 0 ? other.Pair > 0 : other == member)) ?? throw Refusal($"it has no place of {KindOf(member)} there");
        foreach (var other in members.Where(other => other != place))
        {
            var fingerprint = crew.Places[other.Name].Fingerprint;
            if (fingerprint != file.Roles[other.Name].Address.Fingerprint && !cluster.Trusted[other.Role].Contains(fingerprint))
                throw Refusal($"the certificate of {other.Name}, {fingerprint}, is neither that of '{file.Path}' nor one of those for {other.Role.Name()} in '{cluster.Path}'");
        }

        return place;

        SessionFailedException Refusal(string cause) => new($"{member.Name} refuses crew {crew.Crew}: {cause}");
    }
}
