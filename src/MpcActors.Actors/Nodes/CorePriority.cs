using System.Runtime.InteropServices;

namespace MpcActors.Actors.Nodes;

/// <summary>Which thread has a core where there are fewer cores than threads.</summary>
internal static partial class CorePriority
{
    const int OfThread = 0;
    const int BeforeAllOthers = -20;

    /// <summary>Lets the calling thread have a core before others, where the system allows it: under Linux to an administrator.</summary>
    public static void ComeFirst()
    {
        if (OperatingSystem.IsLinux()) _ = SetPriority(OfThread, 0, BeforeAllOthers);
        else Thread.CurrentThread.Priority = ThreadPriority.Highest;
    }

    // .NET's own priorities do nothing under Linux. Zero is the calling thread.
    [LibraryImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetPriority(int which, uint who, int priority);
}
