using System.Diagnostics;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Xunit.Abstractions;

namespace MpcActors.Compat.Tests;

public sealed class EngineTests(ITestOutputHelper output) : TestKit("akka.loglevel = OFF")
{
    [Fact]
    public async Task A_million_messages_between_two_actors_are_all_handled()
    {
        const int Rounds = 500_000;
        var pong = Sys.ActorOf(Props.Create(() => new Pong()));
        var ping = Sys.ActorOf(Props.Create(() => new Ping(pong, Rounds)));
        var watch = Stopwatch.StartNew();
        Assert.Equal(Rounds, await ping.Ask<int>("start", TimeSpan.FromSeconds(60)));
        output.WriteLine($"{2 * Rounds / watch.Elapsed.TotalSeconds / 1e6:F2} million messages a second");
    }

#if !AKKA_PACKAGES
    [Fact]
    public async Task A_system_that_only_its_actors_write_to_runs_the_same_each_time()
    {
        var first = await Trace();
        for (var run = 0; run < 5; run++) Assert.Equal(first, await Trace());
    }

    private static async Task<string> Trace()
    {
        var system = ActorSystem.Create("trace", "akka.loglevel = OFF");
        var done = new TaskCompletionSource<string>();
        system.ActorOf(Props.Create(() => new Crowd(done)));
        var trace = await done.Task;
        await system.Terminate();
        return trace;
    }

    /// <summary>Twenty children that send to one another, each message setting off two more, until the trace is long enough.</summary>
    private sealed class Crowd : ReceiveActor
    {
        public Crowd(TaskCompletionSource<string> done)
        {
            var trace = new System.Text.StringBuilder();
            var members = new List<IActorRef>();
            for (var i = 0; i < 20; i++) members.Add(Context.ActorOf(Props.Create(() => new Member(members, Self))));
            for (var i = 0; i < 20; i++) members[i].Tell(i);
            Receive<string>(entry =>
            {
                if (trace.Length > 5000) done.TrySetResult(trace.ToString());
                else trace.Append(entry);
            });
        }
    }

    private sealed class Member : ReceiveActor
    {
        public Member(List<IActorRef> members, IActorRef crowd) => Receive<int>(n =>
        {
            crowd.Tell($"{Self.Path.Name}:{n} ");
            if (n > 5000) return;
            members[(n * 7 + 3) % 20].Tell(n + 1);
            if (n % 5 == 0) members[(n * 11 + 1) % 20].Tell(n + 2);
        });
    }
#endif

    private sealed class Pong : ReceiveActor
    {
        public Pong() => Receive<int>(n => Sender.Tell(n));
    }

    private sealed class Ping : ReceiveActor
    {
        private IActorRef? asker;

        public Ping(IActorRef pong, int rounds)
        {
            Receive<string>(_ =>
            {
                asker = Sender;
                pong.Tell(1);
            });
            Receive<int>(n =>
            {
                if (n == rounds) asker.Tell(n);
                else pong.Tell(n + 1);
            });
        }
    }
}
