using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Xunit2;

namespace MpcActors.Compat.Tests;

public sealed class AskTests : TestKit
{
    public AskTests() : base("akka.loglevel = OFF") { }

    [Fact]
    public async Task The_reply_completes_the_task() =>
        Assert.Equal(42, await Answerer().Ask<int>(41, TimeSpan.FromSeconds(10)));

    [Fact]
    public async Task No_reply_in_time_is_an_ask_timeout() =>
        await Assert.ThrowsAsync<AskTimeoutException>(() => Answerer().Ask<int>("silence", TimeSpan.FromMilliseconds(50)));

    [Fact]
    public async Task A_failure_fails_the_task_with_its_cause()
    {
        var thrown = await Assert.ThrowsAnyAsync<Exception>(() => Answerer().Ask<int>("fail", TimeSpan.FromSeconds(10)));
        Assert.Equal("refused", (thrown is AggregateException several ? several.InnerException! : thrown).Message);
    }

    [Fact]
    public async Task A_reply_of_another_type_fails_the_task() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Answerer().Ask<string>(41, TimeSpan.FromSeconds(10)));

    [Fact]
    public async Task A_cancelled_question_is_a_cancelled_task()
    {
        using var source = new CancellationTokenSource(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Answerer().Ask<int>("silence", source.Token));
    }

    [Fact]
    public async Task Many_questions_at_once_get_their_own_answers()
    {
        var answerer = Answerer();
        var asked = Enumerable.Range(0, 200).Select(i => answerer.Ask<int>(i, TimeSpan.FromSeconds(10)));
        Assert.Equal(Enumerable.Range(1, 200), await Task.WhenAll(asked));
    }

    [Fact]
    public async Task A_graceful_stop_tells_whether_the_actor_stopped_in_time()
    {
        Assert.True(await Answerer().GracefulStop(TimeSpan.FromSeconds(10)));
        Assert.False(await Answerer().GracefulStop(TimeSpan.FromMilliseconds(50), "silence"));
    }

    [Fact]
    public async Task A_graceful_stop_of_a_stopped_actor_succeeds()
    {
        var actor = Answerer();
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);
        Assert.True(await actor.GracefulStop(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void A_piped_task_arrives_as_message()
    {
        Task.FromResult(7).PipeTo(TestActor);
        ExpectMsg(7);
        Task.FromException<int>(new InvalidOperationException("broken")).PipeTo(TestActor);
        Assert.Equal("broken", (ExpectMsg<Status.Failure>().Cause is AggregateException e ? e.InnerException! : LastFailure()).Message);
    }

    private Exception LastFailure() => ((Status.Failure)LastMessage).Cause;

    private IActorRef Answerer() => Sys.ActorOf(Props.Create(() => new AnsweringActor()));

    private sealed class AnsweringActor : ReceiveActor
    {
        public AnsweringActor()
        {
            Receive<int>(n => Sender.Tell(n + 1));
            Receive<string>(s => s == "fail", _ => Sender.Tell(new Status.Failure(new InvalidOperationException("refused"))));
            Receive<string>(_ => { });
        }
    }
}
