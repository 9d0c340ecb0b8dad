using System.Net;
using System.Net.Sockets;

namespace MpcActors.Testing;

/// <summary>Ports of this machine for tests that run side by side.</summary>
/// <remarks>A port that was free a moment ago is not yet in use. So each call has a block of its own, which begins elsewhere in another process, below the ports that the system gives to whoever dials; each test project has a range of its own.</remarks>
public static class FreePorts
{
    static int _given;

    /// <param name="range">First port and number of the project's blocks.</param>
    /// <param name="size">Of a block.</param>
    /// <param name="used">Which ports of the block have to be free, counted from its first.</param>
    /// <returns>The first of a block.</returns>
    public static int Block((int First, int Blocks) range, int size, params int[] used)
    {
        while (true)
        {
            var first = range.First + size * (int)((uint)(7 * Environment.ProcessId + Interlocked.Increment(ref _given)) % range.Blocks);
            try
            {
                foreach (var port in used)
                {
                    using var listener = new TcpListener(IPAddress.Loopback, first + port);
                    listener.Start();
                }

                return first;
            }
            catch (SocketException)
            {
                // Somebody's; another block may be free.
            }
        }
    }
}
