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
