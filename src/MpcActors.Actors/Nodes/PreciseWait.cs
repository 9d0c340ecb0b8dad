using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MpcActors.Actors.Nodes;

/// <summary>Waits that end within some microseconds of their time, where .NET's own end within milliseconds.</summary>
internal static partial class PreciseWait
{
    /// <summary>By which the system may oversleep; the rest is spent in a loop.</summary>
    static readonly TimeSpan Slack = TimeSpan.FromMicroseconds(60);

    /// <summary>Of a clock that never goes back.</summary>
    public static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <summary>Blocks the thread.</summary>
    public static void Until(TimeSpan time)
    {
        while (time - Now is var left && left > TimeSpan.Zero)
        {
            if (left <= Slack) Thread.SpinWait(10);
            else if (OperatingSystem.IsWindows()) Thread.Sleep(left > TimeSpan.FromMilliseconds(20) ? left - TimeSpan.FromMilliseconds(20) : TimeSpan.Zero);
            else Sleep(left - Slack);
        }
    }

    static void Sleep(TimeSpan time)
    {
        var duration = new TimeSpec { Seconds = (nint)(time.Ticks / TimeSpan.TicksPerSecond), Nanoseconds = (nint)(time.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick) };
        _ = NanoSleep(in duration, 0);
    }

    // Interrupted it returns early; the caller looks at the clock again.
    [LibraryImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int NanoSleep(in TimeSpec duration, nint remaining);

    [StructLayout(LayoutKind.Sequential)]
    struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
