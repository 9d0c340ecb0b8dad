using MpcActors.Actors;
using MpcActors.Actors.Crews;
using MpcActors.Actors.Nodes;
using MpcActors.Protocols;

namespace MpcActors.Cli;

/// <summary>A role whose peers are named by a coordinator, session by session, in place of its own file.</summary>
sealed class ClusterRun(NodeFile file, ClusterFile cluster, Role role, NodeWatch watch)
{
    /// <summary>Said when a cluster was asked for and this build has none.</summary>
    public const string Unavailable = "this build has no Akka.Cluster: the roles are looked for at the addresses of the configuration";

    /// <summary>Takes part in sessions until it is told to end.</summary>
    public Task ServeAsync(Func<NodeSettings, CancellationToken, Task> session, CancellationToken cancellation) =>
        JoinAsync(async (crew, stop) =>
        {
            try
            {
                await session(SettingsOf(crew), stop);
                watch.Say($"crew {crew.Crew}: done");
            }
            catch (SessionFailedException problem)
            {
                watch.Say($"crew {crew.Crew}: {problem.Message}");
                throw;
            }
        }, Task.Delay(Timeout.Infinite, cancellation), cancellation);

    /// <summary>A data owner's one session, begun again with other peers as often as it loses them.</summary>
    /// <param name="session">Is told whether it is to go on from its checkpoint.</param>
    public async Task<T> UntilDoneAsync<T>(Func<NodeSettings, bool, CancellationToken, Task<T>> session, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var attempts = 0;
        watch.Say("waiting for a party pair, a dealer and a model owner");
        await JoinAsync(async (crew, stop) =>
        {
            try
            {
                watch.Say($"crew {crew.Crew}: {crew.InWords(role.Name())}");
                done.TrySetResult(await session(SettingsOf(crew), attempts > 0, stop));
            }
            catch (Exception problem) when (IsLoss(problem) && !cancellation.IsCancellationRequested && ++attempts < cluster.Attempts)
            {
                watch.Say($"crew {crew.Crew}: {problem.Message}; waiting for other peers");
                throw;
            }
            catch (Exception problem)
            {
                done.TrySetException(problem);
                throw;
            }
        }, done.Task, cancellation);
        return await done.Task;
    }

    /// <summary>Another crew may do better. What is wrong with this process's own files, another crew would meet too.</summary>
    static bool IsLoss(Exception problem) => problem is SessionFailedException { InnerException: null or ProtocolViolationException or HandshakeException } or OperationCanceledException;

    Task JoinAsync(CrewSession run, Task until, CancellationToken cancellation)
    {
        var group = string.Join(", ", file.Facts.Select(fact => $"{fact.Name} = {fact.Value}"));
        var self = new Announced("", role.Name(), file.Roles[role].Address, group, role == Role.ModelOwner ? cluster.ModelOwnerSeats : 1, [], role == Role.DataOwner ? Wants : []);
        return ClusterShell.ServeAsync(cluster.At(cluster.Host, 0), new ClusterMember(self, cluster.AnnounceEvery), run, until, watch.Say, cancellation);
    }

    /// <summary>A data owner's crew: of each role whoever is free. None of them can be lost without it.</summary>
    static Wanted[] Wants => [.. Enum.GetValues<Role>().Where(other => other != Role.DataOwner).Select(other => new Wanted(other.Name(), other.Name()))];

    /// <exception cref="SessionFailedException">The coordinator names somebody who is not pinned here, or not one for each role.</exception>
    NodeSettings SettingsOf(Assigned crew)
    {
        var roles = Enum.GetValues<Role>().Where(other => crew.Places.ContainsKey(other.Name())).ToDictionary(other => other, other => crew.Places[other.Name()]);
        if (roles.Count != Enum.GetValues<Role>().Length || roles.Count != crew.Places.Count) throw new SessionFailedException($"{role.Name()} refuses a crew of {string.Join(", ", crew.Places.Keys)}: one of each role was due");
        foreach (var (other, address) in roles)
            if (address.Fingerprint != file.Roles[other].Address.Fingerprint && !cluster.Trusted[other].Contains(address.Fingerprint))
                throw new SessionFailedException($"{role.Name()} refuses {address} as {other.Name()}: its certificate {address.Fingerprint} is none of those in {cluster.Path}");
        return file.SettingsOf(role, watch.Say, roles) with { Monitor = watch.Monitor };
    }
}
