namespace Qmp.Emulator.Versions;

/// <summary>What a thread for devices has when nothing is said. Numbers are QEMU's.</summary>
/// <param name="PollGrow">By which factor the time of polling grows; 0 for QEMU's own choice.</param>
/// <param name="PollShrink">By which it shrinks; 0 for at once.</param>
/// <param name="PollWeight">How much the past counts; 0 where there is no such property.</param>
internal sealed record IothreadDefaults(long PollGrow, long PollShrink, long PollWeight)
{
    /// <summary>Longest time of polling, in nanoseconds.</summary>
    public const long PollMaxNs = 32768;
}
