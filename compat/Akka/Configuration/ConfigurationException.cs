using Akka.Actor;

namespace Akka.Configuration;

/// <summary>A HOCON text or a setting that cannot be understood; the message names the line or the path.</summary>
public class ConfigurationException : AkkaException
{
    public ConfigurationException(string message) : base(message) { }
    public ConfigurationException(string message, Exception exception) : base(message, exception) { }
}
