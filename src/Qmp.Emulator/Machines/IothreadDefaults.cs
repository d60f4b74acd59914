namespace Qmp.Emulator.Machines;

/// <summary>What a thread for devices has when nothing is said. Numbers are QEMU's.</summary>
internal static class IothreadDefaults
{
    /// <summary>Longest time of polling, in nanoseconds.</summary>
    public const long PollMaxNs = 32768;
}
