#if AKKA_CLUSTER
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using MpcActors.Ring;

namespace MpcActors.Actors.Crews;

/// <summary>The only code that knows Akka.Cluster: membership, the singleton, and who cannot be reached.</summary>
public static partial class ClusterShell
{
    const string Singleton = "coordinator";

    /// <summary>Hosts the coordinator as long as this process is the oldest that may.</summary>
    /// <param name="config">hocon/cluster.hocon with the address of this process.</param>
    /// <exception cref="SessionFailedException">The cluster has put this process out.</exception>
    /// <exception cref="OperationCanceledException">Left on request.</exception>
    public static async Task CoordinateAsync(Config config, Action<string> log, CancellationToken cancellation)
    {
        var system = Join(config, CoordinatorRole);
        var props = CoordinatorActor.Props($"{Seed.Fresh().Value:x32}"[..8], log);
        var manager = ClusterSingletonManager.Props(props, PoisonPill.Instance, ClusterSingletonManagerSettings.Create(system).WithRole(CoordinatorRole));
        system.ActorOf(manager, Singleton);
        var coordinator = system.ActorOf(ProxyProps(system), "proxy");
        system.ActorOf(Props.Create(() => new Watcher(coordinator)), "watcher");
        log($"coordinator at {Cluster.Get(system).SelfAddress}");
        await UntilLeft(system, Task.Delay(Timeout.Infinite, cancellation), cancellation);
    }

    /// <summary>Announces this process and runs the sessions it is given, until <paramref name="until"/> is over.</summary>
    /// <param name="members">Of one role, each with an address of its own: a data owner is a member for each party pair that it works with at once.</param>
    /// <param name="every">Between two announcements.</param>
    /// <exception cref="SessionFailedException">The cluster has put this process out; its sessions have ended.</exception>
    /// <exception cref="OperationCanceledException">Left on request.</exception>
    public static async Task ServeAsync(Config config, IReadOnlyList<ClusterMember> members, TimeSpan every, Task until, Action<string> log, CancellationToken cancellation)
    {
        var system = Join(config, members[0].Self.Kind);
        var cluster = Cluster.Get(system);
        var coordinator = system.ActorOf(ProxyProps(system), "proxy");
        for (var seat = 1; seat <= members.Count; seat++)
        {
            var (self, run) = members[seat - 1];
            system.ActorOf(MemberActor.Props(self with { Member = ProcessLost.MemberOf(NameOf(cluster.SelfUniqueAddress), seat) }, coordinator, run, every), FormattableString.Invariant($"member-{seat}"));
        }

        cluster.RegisterOnMemberUp(() => log($"joined the cluster as {cluster.SelfAddress}"));
        await UntilLeft(system, until, cancellation);
    }

    static ActorSystem Join(Config config, string role) => ActorSystem.Create(SystemName, ConfigurationFactory.ParseString(
        $$"""
        akka {
          actor.provider = cluster
          cluster.roles = ["{{role}}"]
          loggers = ["{{typeof(ErrorLog).FullName}}, {{typeof(ErrorLog).Assembly.GetName().Name}}"]
        }
        """).WithFallback(config).WithFallback(Hocon.Reference));

    static Props ProxyProps(ActorSystem system) =>
        ClusterSingletonProxy.Props("/user/" + Singleton, ClusterSingletonProxySettings.Create(system).WithRole(CoordinatorRole));

    /// <summary>One process, one time: the system's number tells it from its successor at the same address.</summary>
    static string NameOf(UniqueAddress address) => $"{address.Address}#{address.Uid}";

    static async Task UntilLeft(ActorSystem system, Task until, CancellationToken cancellation)
    {
        var stopped = Task.Delay(Timeout.Infinite, cancellation);
        var first = await Task.WhenAny(until, system.WhenTerminated, stopped);
        await CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClrExitReason.Instance);
        cancellation.ThrowIfCancellationRequested();
        if (first == system.WhenTerminated) throw new SessionFailedException("the cluster has put this process out, or could not be joined");
        await until;
    }

    /// <summary>Where Akka's own warnings go: to standard error, since standard output is for what a run comes to.</summary>
    sealed class ErrorLog : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
    {
        public ErrorLog()
        {
            Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
            // Its stack would tell of Akka alone.
            Receive<LogEvent>(line => Console.Error.WriteLine(line.ToString().Split('\n')[0]));
        }
    }

    /// <summary>Tells the coordinator of processes that do not answer, long before the cluster puts them out; one that comes back announces itself.</summary>
    sealed class Watcher : ReceiveActor
    {
        public Watcher(IActorRef coordinator)
        {
            Receive<ClusterEvent.UnreachableMember>(lost => coordinator.Tell(new ProcessLost(NameOf(lost.Member.UniqueAddress))));
            Receive<ClusterEvent.MemberRemoved>(lost => coordinator.Tell(new ProcessLost(NameOf(lost.Member.UniqueAddress))));
        }

        protected override void PreStart()
        {
            base.PreStart();
            Cluster.Get(Context.System).Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.UnreachableMember), typeof(ClusterEvent.MemberRemoved));
        }

        protected override void PostStop()
        {
            Cluster.Get(Context.System).Unsubscribe(Self);
            base.PostStop();
        }
    }
}
#endif
