using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MpcActors.Ring.Benchmarking;

/// <summary>Clocks of measurements.</summary>
public static partial class ProcessorTime
{
    const int ThreadProcessorTime = 3;
    const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The shortest of the calls that fit <paramref name="atLeast"/>, by processor time of this thread where the system tells it: others share the machine.</summary>
    public static TimeSpan BestOnThread(TimeSpan atLeast, Action action) => Best(atLeast, action, OperatingSystem.IsLinux() ? OfThread : Elapsed);

    /// <summary>The shortest of the calls that fit <paramref name="atLeast"/>, by the wall, for work on several cores.</summary>
    public static TimeSpan BestElapsed(TimeSpan atLeast, Action action) => Best(atLeast, action, Elapsed);

    static TimeSpan Best(TimeSpan atLeast, Action action, Func<TimeSpan> clock)
    {
        var best = TimeSpan.MaxValue;
        var end = Elapsed() + atLeast;
        do
        {
            var start = clock();
            action();
            var taken = clock() - start;
            if (taken < best) best = taken;
        }
        while (Elapsed() < end);
        return best;
    }

    static TimeSpan Elapsed() => Stopwatch.GetElapsedTime(0);

    static TimeSpan OfThread()
    {
        _ = ReadClock(ThreadProcessorTime, out var time);
        return TimeSpan.FromTicks((time.Seconds * NanosecondsPerSecond + time.Nanoseconds) / TimeSpan.NanosecondsPerTick);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ReadClock(int clock, out Time time);

    struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
