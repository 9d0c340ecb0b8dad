using System.Reflection;
using System.Runtime.InteropServices;

namespace MpcActors.Cli;

/// <summary>What ran where, for every report.</summary>
sealed record Machine(string Cpu, int Cores, long MemoryBytes, string Os)
{
    public static Machine Here { get; } = new(
        CpuName(), Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, RuntimeInformation.OSDescription);

    /// <summary>The commit that was built, which the SDK puts behind the version; "unknown" outside a repository.</summary>
    public static string OfCommit { get; } =
        typeof(Machine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+') is [_, var commit] ? commit : "unknown";

    /// <summary>Whether Akka.NET and MessagePack are the packages or the stand-ins of compat/.</summary>
#if AKKA_PACKAGES
    public const string OfRuntime = "packages";
#else
    public const string OfRuntime = "local";
#endif

    static string CpuName()
    {
        const string label = "model name";
        try
        {
            var line = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(label, StringComparison.Ordinal)) : null;
            return line?.Split(':', 2) is [_, var name] ? name.Trim() : RuntimeInformation.ProcessArchitecture.ToString();
        }
        catch (IOException)
        {
            return RuntimeInformation.ProcessArchitecture.ToString();
        }
    }
}
