namespace MpcActors.Actors.Crews;

/// <summary>What a process says of itself when it joins a cluster, see <see cref="Announced"/>, and what it does in a crew.</summary>
/// <param name="Self">Its member name is given by the cluster.</param>
public sealed record ClusterMember(Announced Self, CrewSession Run);

/// <summary>Joins this process to an Akka cluster: as a member that announces itself, or as a coordinator, one of which is active at a time.</summary>
/// <remarks>Compiled with the packages Akka.Cluster and Akka.Cluster.Tools alone. Nothing stands in for a cluster: without them <see cref="IsAvailable"/> is false, and nodes use the addresses of their configuration.</remarks>
public static partial class ClusterShell
{
    /// <summary>Of members that may host the coordinator.</summary>
    public const string CoordinatorRole = "coordinator";

    /// <summary>Of every process of a cluster.</summary>
    public const string SystemName = "mpc";

#if AKKA_CLUSTER
    public static bool IsAvailable => true;
#else
    public static bool IsAvailable => false;

    const string Missing = "this build has no Akka.Cluster; build with the packages Akka.Cluster and Akka.Cluster.Tools, or run the roles at the addresses of their configuration";

    /// <exception cref="NotSupportedException">Always, in a build without the packages.</exception>
    public static Task CoordinateAsync(Akka.Configuration.Config config, Action<string> log, CancellationToken cancellation) => throw new NotSupportedException(Missing);

    /// <exception cref="NotSupportedException">Always, in a build without the packages.</exception>
    public static Task ServeAsync(Akka.Configuration.Config config, IReadOnlyList<ClusterMember> members, TimeSpan every, Task until, Action<string> log, CancellationToken cancellation) => throw new NotSupportedException(Missing);
#endif
}
