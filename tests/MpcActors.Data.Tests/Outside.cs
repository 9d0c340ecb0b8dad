using Xunit.Abstractions;

namespace MpcActors.Data.Tests;

/// <summary>Tests that need a download fail without a network, unless MPC_ACTORS_OFFLINE=1 says that this is meant to be.</summary>
static class Outside
{
    public static bool IsOff(ITestOutputHelper output)
    {
        if (Environment.GetEnvironmentVariable("MPC_ACTORS_OFFLINE") != "1")
            return false;
        output.WriteLine("Not run: MPC_ACTORS_OFFLINE=1, and this test needs the published model or texts.");
        return true;
    }
}
