using MpcActors.Actors.Crews;

namespace MpcActors.Cli.Tests;

/// <summary>A test that looks at a page; shown as skipped where nothing can.</summary>
sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Browser.Path is null ? "no Chromium that starts, no npm, or MPC_ACTORS_OFFLINE=1" : null;
}

/// <summary>A test that needs a package feed; shown as skipped where nothing may be fetched.</summary>
sealed class OnlineFactAttribute : FactAttribute
{
    public OnlineFactAttribute() => Skip = Environment.GetEnvironmentVariable("MPC_ACTORS_OFFLINE") == "1" ? "MPC_ACTORS_OFFLINE=1" : null;
}

/// <summary>A test of what only a cluster does; shown as skipped in a build without its packages.</summary>
sealed class ClusterFactAttribute : FactAttribute
{
    public ClusterFactAttribute() => Skip = ClusterShell.IsAvailable ? null : "no Akka.Cluster in this build";
}
