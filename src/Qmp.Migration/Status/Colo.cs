using Qmp.Types;

namespace Qmp.Migration.Status;

/// <summary>Pairs of machines that are kept alike by checkpoints (COLO). No machine here is half of one.</summary>
public static class Colo
{
    /// <summary>How QEMU refuses pairs if it was built without what mirrors disks, as a QEMU like this one would be.</summary>
    public const string NotBuilt = "QEMU compiled without replication module can't enable COLO";

    /// <summary>This machine's part in a pair: none, and never one before.</summary>
    public static COLOStatus Status { get; } = new() { Mode = COLOMode.None, LastMode = COLOMode.None, Reason = COLOExitReason.None };

    /// <summary>Tells this half of a pair that the other is gone.</summary>
    /// <exception cref="MigrationException">Always, in QEMU's words: there is no pair.</exception>
    public static void LoseHeartbeat() => throw new MigrationException("VM is not in COLO mode");
}
