using Qmp.Migration.Rules;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Options;

/// <summary>Which capabilities go together. Texts and order are QEMU's.</summary>
internal static class CapabilityRules
{
    private static readonly (MigrationCapability Capability, string Name)[] NotWithBackgroundSnapshot =
    [
        (MigrationCapability.PostcopyRam, "postcopy-ram"),
        (MigrationCapability.DirtyBitmaps, "dirty-bitmaps"),
        (MigrationCapability.PostcopyBlocktime, "postcopy-blocktime"),
        (MigrationCapability.LateBlockActivate, "late-block-activate"),
        (MigrationCapability.ReturnPath, "return-path"),
        (MigrationCapability.Multifd, "multifd"),
        (MigrationCapability.PauseBeforeSwitchover, "pause-before-switchover"),
        (MigrationCapability.AutoConverge, "auto-converge"),
        (MigrationCapability.ReleaseRam, "release-ram"),
        (MigrationCapability.RdmaPinAll, "rdma-pin-all"),
        (MigrationCapability.Xbzrle, "xbzrle"),
        (MigrationCapability.XColo, "x-colo"),
        (MigrationCapability.ValidateUuid, "validate-uuid"),
        (MigrationCapability.ZeroCopySend, "zero-copy-send"),
    ];

    /// <summary>Checks a whole new set.</summary>
    /// <param name="old">The set that is in force.</param>
    /// <param name="next">The set that is asked for.</param>
    /// <param name="parameters">The parameters in force.</param>
    /// <param name="rules">The release of QEMU whose rules these are.</param>
    /// <param name="incomingStarted">Whether this machine already listens for, or loads, a migration.</param>
    /// <param name="warn">Gets what is wrong with the set though it is allowed, before anything is refused.</param>
    /// <exception cref="MigrationException">They do not go together.</exception>
    public static void Check(
        CapabilitySet old,
        CapabilitySet next,
        MigrationParameters parameters,
        MigrationRules rules,
        bool incomingStarted,
        Action<string> warn)
    {
#pragma warning disable CS0618 // what is deprecated is named here to say so
        if (next[MigrationCapability.ZeroBlocks]) warn("zero-blocks capability is deprecated");
#pragma warning restore CS0618
        Refuse(
            rules.ColoNeedsReturnPath && next[MigrationCapability.XColo] && !next[MigrationCapability.ReturnPath],
            "Capability 'x-colo' requires capability 'return-path'");
        if (next[MigrationCapability.PostcopyRam])
        {
            Refuse(next[MigrationCapability.XIgnoreShared], "Postcopy is not compatible with ignore-shared");
            Refuse(
                next[MigrationCapability.Multifd] && !rules.AllowsPostcopyWithMultifd,
                "Postcopy is not yet compatible with multifd");
        }

        if (next[MigrationCapability.BackgroundSnapshot])
        {
            foreach ((MigrationCapability capability, string name) in NotWithBackgroundSnapshot)
            {
                Refuse(next[capability], $"Background-snapshot is not compatible with {name}");
            }
        }

        if (next[MigrationCapability.ZeroCopySend])
        {
            Refuse(
                !next[MigrationCapability.Multifd]
                    || next[MigrationCapability.Xbzrle]
                    || ParameterRules.CompressesOrEncrypts(parameters),
                ParameterRules.ZeroCopyText);
        }

        if (next[MigrationCapability.PostcopyPreempt])
        {
            Refuse(!next[MigrationCapability.PostcopyRam], "Postcopy preempt requires postcopy-ram");
            Refuse(
                incomingStarted && !old[MigrationCapability.PostcopyPreempt],
                "Postcopy preempt must be set before incoming starts");
        }

        if (next[MigrationCapability.Multifd])
        {
            Refuse(
                incomingStarted && !old[MigrationCapability.Multifd], "Multifd must be set before incoming starts");
        }

        if (next[MigrationCapability.SwitchoverAck])
        {
            Refuse(
                !next[MigrationCapability.ReturnPath],
                "Capability 'switchover-ack' requires capability 'return-path'");
        }

        if (next[MigrationCapability.DirtyLimit])
        {
            Refuse(
                next[MigrationCapability.AutoConverge],
                "dirty-limit conflicts with auto-converge either of then available currently");
            Refuse(true, "dirty-limit requires KVM with accelerator property 'dirty-ring-size' set");
        }

        if (next[MigrationCapability.Multifd])
        {
            Refuse(next[MigrationCapability.Xbzrle], "Multifd is not compatible with xbzrle");
        }

        if (next[MigrationCapability.MappedRam])
        {
            Refuse(next[MigrationCapability.Xbzrle], "Mapped-ram migration is incompatible with xbzrle");
            Refuse(next[MigrationCapability.PostcopyRam], "Mapped-ram migration is incompatible with postcopy");
        }
    }

    private static void Refuse(bool condition, string text)
    {
        if (condition) throw new MigrationException(text);
    }
}
