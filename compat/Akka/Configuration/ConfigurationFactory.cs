using Akka.Configuration.Hocon;

namespace Akka.Configuration;

public class ConfigurationFactory
{
    public static Config Empty => new();

    /// <summary>Settings every actor system falls back to.</summary>
    public static Config Default() => Internals.ReferenceConfig.Value;

    /// <exception cref="ConfigurationException">The text is not HOCON; the message names the line.</exception>
    public static Config ParseString(string hocon) => new(new HoconRoot(Hocon.Internals.HoconReader.Read(hocon)));
}
