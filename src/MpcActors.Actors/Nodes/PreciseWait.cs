using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MpcActors.Actors.Nodes;

/// <summary>Waits that end within some microseconds of their time, where .NET's own end within milliseconds.</summary>
internal static partial class PreciseWait
{
    const int SetTimerSlack = 29;

    /// <summary>By which the system may oversleep; the rest is spent in a loop. Linux oversleeps by its timer slack, 50 µs where nothing else is asked for.</summary>
    static readonly TimeSpan Slack = TimeSpan.FromMicroseconds(OperatingSystem.IsLinux() ? 10 : 60);

    [ThreadStatic]
    static bool _isPunctual;

    /// <summary>Of a clock that never goes back.</summary>
    public static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <summary>Blocks the thread.</summary>
    public static void Until(TimeSpan time)
    {
        if (OperatingSystem.IsLinux() && !_isPunctual)
        {
            _ = ProcessControl(SetTimerSlack, 1, 0, 0, 0);
            _isPunctual = true;
        }

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

    // Of the calling thread alone.
    [LibraryImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ProcessControl(int option, nuint nanoseconds, nuint third, nuint fourth, nuint fifth);

    [StructLayout(LayoutKind.Sequential)]
    struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
