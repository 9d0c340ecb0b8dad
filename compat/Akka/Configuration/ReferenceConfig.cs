namespace Akka.Configuration.Internals;

internal static class ReferenceConfig
{
    public static Config Value { get; } = ConfigurationFactory.ParseString("""
        akka {
          loggers = ["Akka.Event.DefaultLogger"]
          loglevel = INFO
          stdout-loglevel = WARNING
          log-dead-letters = 10
          actor {
            provider = local
            guardian-supervisor-strategy = "Akka.Actor.DefaultSupervisorStrategy"
            ask-timeout = infinite
            serialize-messages = off
            default-dispatcher { type = Dispatcher, throughput = 30 }
            internal-dispatcher { type = Dispatcher, throughput = 5 }
            serializers { bytes = "Akka.Serialization.ByteArraySerializer, Akka" }
            serialization-bindings { "System.Byte[]" = bytes }
            serialization-identifiers { "Akka.Serialization.ByteArraySerializer, Akka" = 4 }
            debug { unhandled = off }
          }
        }
        """);
}
