using System.Collections.Concurrent;
using System.Diagnostics;
using System.Linq.Expressions;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Internals;

namespace Akka.TestKit;

public class TestKitSettings
{
    internal TestKitSettings(Config config)
    {
        DefaultTimeout = config.GetTimeSpan("akka.test.default-timeout", allowInfinite: false);
        SingleExpectDefault = config.GetTimeSpan("akka.test.single-expect-default", allowInfinite: false);
        TestEventFilterLeeway = config.GetTimeSpan("akka.test.filter-leeway", allowInfinite: false);
        TestTimeFactor = config.GetDouble("akka.test.timefactor");
        if (TestTimeFactor <= 0) throw new ConfigurationException("akka.test.timefactor must be positive");
    }

    public TimeSpan DefaultTimeout { get; }
    public TimeSpan SingleExpectDefault { get; }
    public TimeSpan TestEventFilterLeeway { get; }
    public double TestTimeFactor { get; }
}

/// <summary>An actor system, an actor that keeps what it receives, and expectations about that.</summary>
public abstract partial class TestKitBase : IActorRefFactory
{
    private static int testActors;

    private readonly BlockingCollection<MessageEnvelope> received = [];
    private readonly ITestKitAssertions assertions;
    private MessageEnvelope last = NullMessageEnvelope.Instance;
    private TimeSpan? end;

    protected TestKitBase(ITestKitAssertions assertions, ActorSystem system = null, string testActorName = null)
        : this(assertions, system, ConfigurationFactory.Empty, null, testActorName) { }

    protected TestKitBase(ITestKitAssertions assertions, Config config, string actorSystemName = null, string testActorName = null)
        : this(assertions, null, config, actorSystemName, testActorName) { }

    private TestKitBase(ITestKitAssertions assertions, ActorSystem system, Config config, string actorSystemName, string testActorName)
    {
        ArgumentNullException.ThrowIfNull(assertions);
        this.assertions = assertions;
        Sys = system ?? ActorSystem.Create(actorSystemName ?? "test", config.SafeWithFallback(DefaultConfig));
        TestKitSettings = new TestKitSettings(Sys.Settings.Config.WithFallback(DefaultConfig));
        Log = Logging.GetLogger(Sys, GetType().Name);
        EventFilter = new EventFilterFactory(this, Sys);
        TestActor = CreateTestActor(testActorName ?? $"testActor{Interlocked.Increment(ref testActors)}", received);
        if (this is INoImplicitSender) return;
        ActorCell.Current = ((LocalActorRef)TestActor).Cell;
        SynchronizationContext.SetSynchronizationContext(new CellKeepingContext(((LocalActorRef)TestActor).Cell));
    }

    public static Config DefaultConfig { get; } = ConfigurationFactory.ParseString("""
        akka {
          stdout-loglevel = WARNING
          test {
            timefactor = 1.0
            filter-leeway = 3s
            single-expect-default = 3s
            default-timeout = 5s
            calling-thread-dispatcher { type = CallingThreadDispatcher }
          }
        }
        """);

    public static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    public ActorSystem Sys { get; }
    public TestKitSettings TestKitSettings { get; }
    public ILoggingAdapter Log { get; }
    public EventFilterFactory EventFilter { get; }
    public IActorRef TestActor { get; }
    public bool HasMessages => received.Count > 0;
    public object LastMessage => last.Message;
    public IActorRef LastSender => last.Sender;

    /// <summary>Until the end of the innermost <c>Within</c>.</summary>
    public TimeSpan Remaining => (end ?? throw new InvalidOperationException(@"Remaining may not be called outside of ""within""")) - Now;

    public TimeSpan RemainingOrDefault => RemainingOr(Dilated(TestKitSettings.SingleExpectDefault));

    public IActorRef ActorOf(Props props, string name = null) => Sys.ActorOf(props, name);
    public IActorRef ActorOf(Props props) => Sys.ActorOf(props);
    public IActorRef ActorOf<TActor>() where TActor : ActorBase, new() => Sys.ActorOf(Props.Create<TActor>());
    public IActorRef ActorOf<TActor>(string name) where TActor : ActorBase, new() => Sys.ActorOf(Props.Create<TActor>(), name);
    public IActorRef ActorOf<TActor>(Expression<Func<TActor>> factory) where TActor : ActorBase => Sys.ActorOf(Props.Create(factory));
    public IActorRef ActorOf<TActor>(Expression<Func<TActor>> factory, string name) where TActor : ActorBase => Sys.ActorOf(Props.Create(factory), name);

    public virtual TestProbe CreateTestProbe(string name = null) => CreateTestProbe(Sys, name);
    public virtual TestProbe CreateTestProbe(ActorSystem system, string name = null) => new(system, assertions, name);
    public IActorRef CreateTestActor(string name) => CreateTestActor(name, []);

    public IActorRef Watch(IActorRef actorToWatch)
    {
        TestActor.Tell(new InternalTestActor.WatchOrder(actorToWatch, true));
        return actorToWatch;
    }

    public IActorRef Unwatch(IActorRef actorToUnwatch)
    {
        TestActor.Tell(new InternalTestActor.WatchOrder(actorToUnwatch, false));
        return actorToUnwatch;
    }

    public void IgnoreMessages(Func<object, bool> shouldIgnoreMessage) => TestActor.Tell(new InternalTestActor.Ignore(shouldIgnoreMessage));
    public void IgnoreMessages<TMsg>(Func<TMsg, bool> shouldIgnoreMessage) => IgnoreMessages(m => m is TMsg typed && shouldIgnoreMessage(typed));
    public void IgnoreMessages<TMsg>() => IgnoreMessages(m => m is TMsg);
    public void IgnoreNoMessages() => TestActor.Tell(new InternalTestActor.Ignore(null));

    public TimeSpan Dilated(TimeSpan duration) => duration * TestKitSettings.TestTimeFactor;
    public TimeSpan GetTimeoutOrDefault(TimeSpan? timeout) => timeout ?? RemainingOrDefault;
    public TimeSpan RemainingOrDilated(TimeSpan? duration) => duration is { } given ? Dilated(given) : RemainingOrDefault;
    protected TimeSpan RemainingOr(TimeSpan duration) => end is null ? duration : Remaining;

    public virtual void Shutdown(TimeSpan? duration = null, bool verifySystemShutdown = false) => Shutdown(Sys, duration, verifySystemShutdown);

    protected virtual void Shutdown(ActorSystem system, TimeSpan? duration = null, bool verifySystemShutdown = false)
    {
        var patience = duration ?? TimeSpan.FromSeconds(Math.Clamp(Dilated(TestKitSettings.DefaultTimeout).TotalSeconds, 1, 10));
        if (!system.Terminate().Wait(patience) && verifySystemShutdown)
            throw new TimeoutException($"Failed to stop [{system.Name}] within [{patience}]");
        if (this is not INoImplicitSender) ActorCell.Current = null;
    }

    internal ITestKitAssertions Assertions => assertions;

    private IActorRef CreateTestActor(string name, BlockingCollection<MessageEnvelope> queue) =>
        ((ExtendedActorSystem)Sys).SystemActorOf(Props.Create(() => new InternalTestActor(queue)), name);

    /// <summary>The code after an await sends as the test actor too.</summary>
    private sealed class CellKeepingContext(ActorCell cell) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object state) => ThreadPool.QueueUserWorkItem(_ => Run(d, state));
        public override void Send(SendOrPostCallback d, object state) => Run(d, state);

        private void Run(SendOrPostCallback d, object state)
        {
            var (outerCell, outerContext) = (ActorCell.Current, Current);
            ActorCell.Current = cell;
            SetSynchronizationContext(this);
            try
            {
                d(state);
            }
            finally
            {
                ActorCell.Current = outerCell;
                SetSynchronizationContext(outerContext);
            }
        }
    }
}
