namespace Qmp.Linux;

/// <summary>Threads and processes.</summary>
public static class Processes
{
    private const int SignalKill = 9;
    private const int SignalTerminate = 15;
    private const int SignalActionSize = 256; // more than struct sigaction has on any system
    private const nint Ignore = 1; // SIG_IGN
    private const int ReadWrite = 2; // O_RDWR

    /// <summary>The kernel's number of the calling thread.</summary>
    public static int ThreadId => LibC.GetThreadId();

    /// <summary>
    /// Handles a signal as another one is handled, if the process was started with the signal ignored, as a shell starts
    /// what runs in its background.
    /// </summary>
    /// <param name="signal">The signal that may be ignored.</param>
    /// <param name="other">One that has a handler.</param>
    public static unsafe void StopIgnoring(int signal, int other)
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

    /// <summary>Kills a process group: a process and what it has started.</summary>
    public static void KillGroup(int group) => _ = LibC.Kill(-group, SignalKill);
}
