namespace Qmp.Linux;

/// <summary>Threads and processes.</summary>
public static unsafe class Processes
{
    private const int SignalKill = 9;
    private const int SignalTerminate = 15;
    private const int SignalActionSize = 256; // more than struct sigaction has on any system
    private const nint Ignore = 1; // SIG_IGN
    private const int ReadWrite = 2; // O_RDWR
    private const int LockCurrent = 1; // MCL_CURRENT
    private const int LockFuture = 2; // MCL_FUTURE
    private const int LockOnFault = 4; // MCL_ONFAULT

    /// <summary>The kernel's number of the calling thread.</summary>
    public static int ThreadId => LibC.GetThreadId();

    /// <summary>
    /// Handles a signal as another one is handled, if the process was started with the signal ignored, as a shell starts
    /// what runs in its background.
    /// </summary>
    /// <param name="signal">The signal that may be ignored.</param>
    /// <param name="other">One that has a handler.</param>
    public static void StopIgnoring(int signal, int other)
    {
        byte* action = stackalloc byte[SignalActionSize];
        if (LibC.SignalAction(signal, 0, (nint)action) != 0 || *(nint*)action != Ignore) return;
        if (LibC.SignalAction(other, 0, (nint)action) == 0) _ = LibC.SignalAction(signal, (nint)action, 0);
    }

    /// <summary>Sends SIGTERM to a process.</summary>
    public static void Terminate(int process) => _ = LibC.Kill(process, SignalTerminate);

    /// <summary>Sets which permissions new files do not get.</summary>
    public static void SetFileMask(uint mask) => _ = LibC.SetFileMask(mask);

    /// <summary>Lets go of standard input and output, which are <c>/dev/null</c> from then on.</summary>
    /// <param name="keepsErrors">Whether standard error stays as it is.</param>
    public static void LeaveStandardStreams(bool keepsErrors)
    {
        using DescriptorHandle? nothing = Files.Open("/dev/null", ReadWrite, 0, out _);
        if (nothing is null) return;
        for (int descriptor = 0; descriptor <= (keepsErrors ? 1 : 2); descriptor++) _ = LibC.Replace(nothing, descriptor);
    }

    /// <summary>Keeps all memory of the process in RAM.</summary>
    /// <param name="onFault">Only what is touched.</param>
    /// <param name="future">That which will come, too.</param>
    /// <returns>0, or a negated error number.</returns>
    public static int LockMemory(bool onFault, bool future) =>
        LibC.LockAllMemory(LockCurrent | (future ? LockFuture : 0) | (onFault ? LockOnFault : 0)) < 0 ? Errno.Negated : 0;

    /// <summary>Changes the root of the file system, and goes there.</summary>
    /// <returns>Whether it could be done.</returns>
    public static bool ChangeRoot(string path) => LibC.ChangeRoot(path) == 0 && LibC.ChangeFolder("/") == 0;

    /// <summary>Becomes another user, for ever.</summary>
    /// <param name="user">The number of the user.</param>
    /// <param name="group">The number of its group.</param>
    /// <param name="name">Its name, whose other groups it gets; <see langword="null"/> for none.</param>
    /// <returns>What could not be done; <see langword="null"/> if all could.</returns>
    public static string? Become(uint user, uint group, string? name)
    {
        if (LibC.SetGroup(group) < 0) return $"Failed to setgid({group})";
        if ((name is null ? LibC.SetGroups(1, &group) : LibC.InitializeGroups(name, group)) < 0)
        {
            return name is null ? $"Failed to setgroups(1, [{group}])" : $"Failed to initgroups(\"{name}\", {group})";
        }

        return LibC.SetUser(user) < 0 ? $"Failed to setuid({user})" : null;
    }

    /// <summary>Kills a process group: a process and what it has started.</summary>
    public static void KillGroup(int group) => _ = LibC.Kill(-group, SignalKill);
}
