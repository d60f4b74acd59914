using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.DirtyRate;

/// <summary>Limits of the rate at which processors may dirty memory. QEMU has them with KVM's ring of dirty pages, which is not here.</summary>
public static class DirtyLimits
{
    /// <summary>The limits in force: none.</summary>
    public static IReadOnlyList<DirtyLimitInfo> All => [];

    /// <summary>Limits processors. Neither processor nor limit is looked at before there is a ring.</summary>
    /// <exception cref="MigrationException">Always, in QEMU's words: there is no ring.</exception>
    public static void Set() =>
        throw new MigrationException("dirty page limit feature requires KVM with accelerator property 'dirty-ring-size' set'");

    /// <summary>Lifts limits. Nothing is in force, which is no error, whichever processor is named.</summary>
    public static void Cancel()
    {
    }
}
