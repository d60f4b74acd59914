namespace Qmp.Linux;

/// <summary>Threads and processes.</summary>
public static class Processes
{
    private const int SignalKill = 9;
    private const int SignalTerminate = 15;

    /// <summary>The kernel's number of the calling thread.</summary>
    public static int ThreadId => LibC.GetThreadId();

    /// <summary>Sends SIGTERM to a process.</summary>
    public static void Terminate(int process) => _ = LibC.Kill(process, SignalTerminate);

    /// <summary>Kills a process group: a process and what it has started.</summary>
    public static void KillGroup(int group) => _ = LibC.Kill(-group, SignalKill);
}
