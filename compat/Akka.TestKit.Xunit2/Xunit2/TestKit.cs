using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Xunit.Abstractions;

namespace Akka.TestKit.Xunit2;

/// <summary>Base of a test class: a new actor system a test, ended with it. Log events go to the test's output where one is given.</summary>
public class TestKit : TestKitBase, IDisposable
{
    private static readonly Config Quiet = ConfigurationFactory.ParseString("akka.loggers = []");
    private bool disposed;

    public TestKit(ActorSystem system = null, ITestOutputHelper output = null) : base(new XunitAssertions(), system) => WriteTo(output);

    public TestKit(Config config, string actorSystemName = null, ITestOutputHelper output = null)
        : base(new XunitAssertions(), output is null ? config : Quiet.WithFallback(config), actorSystemName) => WriteTo(output);

    public TestKit(string config, ITestOutputHelper output = null) : this(ConfigurationFactory.ParseString(config), null, output) { }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void AfterAll() => Shutdown();

    protected virtual void Dispose(bool disposing)
    {
        if (disposed || !disposing) return;
        disposed = true;
        AfterAll();
    }

    private void WriteTo(ITestOutputHelper output)
    {
        if (output is null) return;
        var logger = ((ExtendedActorSystem)Sys).SystemActorOf(Props.Create(() => new OutputLogger(output)), "log-test");
        for (var level = LogLevel.DebugLevel; level <= LogLevel.ErrorLevel; level++) Sys.EventStream.Subscribe(logger, level.ClassFor());
    }

    private sealed class OutputLogger(ITestOutputHelper output) : ActorBase
    {
        protected override bool Receive(object message)
        {
            try
            {
                output.WriteLine(message.ToString());
            }
            catch (InvalidOperationException)
            {
                // The test has ended; its output takes no more.
            }
            return true;
        }
    }
}
