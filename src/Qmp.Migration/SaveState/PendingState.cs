namespace Qmp.Migration.SaveState;

/// <summary>Bytes that are left to send.</summary>
/// <param name="MustPrecopy">Those that must go before the guest runs on the destination.</param>
/// <param name="CanPostcopy">Those that may follow.</param>
/// <param name="StopCopy">Those that can only be read when the guest is stopped, where they are told apart.</param>
public readonly record struct PendingState(ulong MustPrecopy, ulong CanPostcopy, ulong StopCopy = 0)
{
    /// <summary>All of them.</summary>
    public ulong Total => MustPrecopy + CanPostcopy + StopCopy;

    /// <summary>Adds the bytes of two devices.</summary>
    public static PendingState operator +(PendingState a, PendingState b) =>
        new(a.MustPrecopy + b.MustPrecopy, a.CanPostcopy + b.CanPostcopy, a.StopCopy + b.StopCopy);
}
