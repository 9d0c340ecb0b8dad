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

    /// <summary>Null where no cluster is asked for, or this build has none, which is said.</summary>
    public static ClusterFile? IfAvailable(ClusterFile? cluster, Action<string> log)
    {
        if (cluster is null || ClusterShell.IsAvailable) return cluster;
        log(Unavailable);
        return null;
    }

    /// <summary>Takes part in sessions until it is told to end.</summary>
    public Task ServeAsync(Func<NodeSettings, CancellationToken, Task> session, CancellationToken cancellation) =>
        JoinAsync([Member(file, async (crew, stop) =>
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
        })], Task.Delay(Timeout.Infinite, cancellation), cancellation);

    /// <summary>How long a data owner with several pairs waits for all of them before it begins with those that are there.</summary>
    public TimeSpan Patience => cluster.PairsWithin;

    /// <summary>A data owner's one session, begun again with other peers as often as it loses them.</summary>
    /// <param name="session">Is told whether it is to go on from its checkpoint.</param>
    public async Task<T> UntilDoneAsync<T>(Func<NodeSettings, bool, CancellationToken, Task<T>> session, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var losses = 0;
        watch.Say("waiting for a party pair, a dealer and a model owner");
        await JoinAsync([Member(file, (crew, stop) => TryAsync("", crew, async () => done.TrySetResult(await session(SettingsOf(crew), losses > 0, stop)), IsLost, problem => done.TrySetException(problem)))], done.Task, cancellation);
        return await done.Task;

        bool IsLost() => !cancellation.IsCancellationRequested && ++losses < cluster.Attempts;
    }

    /// <summary>A data owner's sessions with several pairs at once, each begun again with other peers when it loses them, as long as there is work for them.</summary>
    /// <param name="files">The data owner's configuration for each pair, where it has an address of its own.</param>
    /// <param name="session">Of a pair, from 0.</param>
    public async Task WorkWithPairsAsync(IReadOnlyList<NodeFile> files, Func<int, NodeSettings, CancellationToken, Task> session, Task work, CancellationToken cancellation)
    {
        var gaveUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var losses = 0;
        watch.Say($"waiting for {files.Count} party pairs, each with a dealer, and for a model owner");
        await JoinAsync([.. files.Select((own, pair) => Member(own, (crew, stop) => TryAsync($"pair {pair + 1}: ", crew, () => session(pair, SettingsOf(crew, own, pair == 0), stop), IsLost, problem => gaveUp.TrySetException(problem))))],
            UntilOver(), cancellation);

        async Task UntilOver() => await await Task.WhenAny(work, gaveUp.Task);

        bool IsLost() => work.IsCompleted || (!cancellation.IsCancellationRequested && Interlocked.Increment(ref losses) < cluster.Attempts);
    }

    /// <param name="name">Of the pair, where there are several.</param>
    /// <param name="goesOn">Whether a loss is to be made up for.</param>
    async Task TryAsync(string name, Assigned crew, Func<Task> session, Func<bool> goesOn, Action<Exception> fail)
    {
        try
        {
            watch.Say($"crew {crew.Crew}: {name}{crew.InWords(role.Name())}");
            await session();
        }
        catch (Exception problem) when (IsLoss(problem) && goesOn())
        {
            watch.Say($"crew {crew.Crew}: {name}{problem.Message}; waiting for other peers");
            throw;
        }
        catch (Exception problem)
        {
            fail(problem);
            throw;
        }
    }

    /// <summary>Another crew may do better. What is wrong with this process's own files, another crew would meet too.</summary>
    static bool IsLoss(Exception problem) => problem is SessionFailedException { InnerException: null or ProtocolViolationException or HandshakeException } or OperationCanceledException;

    ClusterMember Member(NodeFile own, CrewSession run) =>
        new(new("", role.Name(), own.Roles[role].Address, Announced.GroupOf(own.Facts), role == Role.ModelOwner ? cluster.ModelOwnerSeats : 1, [], role == Role.DataOwner ? Wants : []), run);

    Task JoinAsync(IReadOnlyList<ClusterMember> members, Task until, CancellationToken cancellation) =>
        ClusterShell.ServeAsync(cluster.At(cluster.Host, 0), members, cluster.AnnounceEvery, until, watch.Say, cancellation);

    /// <summary>A data owner's crew: of each role whoever is free. None of them can be lost without it.</summary>
    static Wanted[] Wants => [.. Enum.GetValues<Role>().Where(other => other != Role.DataOwner).Select(other => new Wanted(other.Name(), other.Name()))];

    NodeSettings SettingsOf(Assigned crew) => SettingsOf(crew, file, isWatched: true);

    /// <exception cref="SessionFailedException">The coordinator names somebody who is not pinned here, or not one for each role.</exception>
    NodeSettings SettingsOf(Assigned crew, NodeFile own, bool isWatched)
    {
        var roles = Enum.GetValues<Role>().Where(other => crew.Places.ContainsKey(other.Name())).ToDictionary(other => other, other => crew.Places[other.Name()]);
        if (roles.Count != Enum.GetValues<Role>().Length || roles.Count != crew.Places.Count) throw new SessionFailedException($"{role.Name()} refuses a crew of {string.Join(", ", crew.Places.Keys)}: one of each role was due");
        foreach (var (other, address) in roles)
            if (address.Fingerprint != own.Roles[other].Address.Fingerprint && !cluster.Trusted[other].Contains(address.Fingerprint))
                throw new SessionFailedException($"{role.Name()} refuses {address} as {other.Name()}: its certificate {address.Fingerprint} is none of those in {cluster.Path}");
        var settings = own.SettingsOf(role, watch.Say, roles);
        return isWatched ? settings with { Monitor = watch.Monitor } : settings;
    }
}
