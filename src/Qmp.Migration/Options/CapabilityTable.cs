using Qmp.Migration.Rules;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Options;

/// <summary>What is true of a capability besides what it does.</summary>
/// <param name="Capability">The capability.</param>
/// <param name="Property">The property of <c>-global migration.</c> that presets it, or <see langword="null"/> for none.</param>
public sealed record CapabilityRow(MigrationCapability Capability, string? Property)
{
    /// <summary>
    /// How a QEMU that was built without its machinery, as this program was, refuses it; <see langword="null"/> if the machinery is here.
    /// </summary>
    public string? Refusal { get; init; }

    /// <summary>Whether a stream names it, so that both ends must agree on it.</summary>
    public bool IsInStream { get; init; }
}

/// <summary>All capabilities, a row each.</summary>
public static class CapabilityTable
{
    /// <summary>The rows, in the order of the schema.</summary>
    public static IReadOnlyList<CapabilityRow> Rows { get; } =
    [
        new(MigrationCapability.Xbzrle, "x-xbzrle"),
        new(MigrationCapability.RdmaPinAll, "x-rdma-pin-all"),
        new(MigrationCapability.AutoConverge, "x-auto-converge"),
#pragma warning disable CS0618 // deprecated, and to be had all the same
        new(MigrationCapability.ZeroBlocks, "x-zero-blocks"),
#pragma warning restore CS0618
        new(MigrationCapability.Events, "x-events"),
        new(MigrationCapability.PostcopyRam, "x-postcopy-ram"),
        new(MigrationCapability.XColo, "x-colo") { Refusal = Colo.NotBuilt },
        new(MigrationCapability.ReleaseRam, "x-release-ram"),
        new(MigrationCapability.ReturnPath, "x-return-path"),
        new(MigrationCapability.PauseBeforeSwitchover, null),
        new(MigrationCapability.Multifd, "x-multifd"),
        new(MigrationCapability.DirtyBitmaps, null),
        new(MigrationCapability.PostcopyBlocktime, null),
        new(MigrationCapability.LateBlockActivate, null),
        new(MigrationCapability.XIgnoreShared, null) { IsInStream = true },
        new(MigrationCapability.ValidateUuid, null),
        new(MigrationCapability.BackgroundSnapshot, "x-background-snapshot"),
        new(MigrationCapability.ZeroCopySend, "x-zero-copy-send"),
        new(MigrationCapability.PostcopyPreempt, "x-postcopy-preempt"),
        new(MigrationCapability.SwitchoverAck, "x-switchover-ack"),
        new(MigrationCapability.DirtyLimit, "x-dirty-limit"),
        new(MigrationCapability.MappedRam, "mapped-ram") { IsInStream = true },
    ];

    /// <summary>The rows of the capabilities that a release of QEMU has.</summary>
    public static IEnumerable<CapabilityRow> In(MigrationRules rules) => Rows.Where(row => rules.Has(row.Capability));

    /// <summary>The capability that a property of <c>-global migration.</c> presets, or <see langword="null"/>.</summary>
    public static MigrationCapability? OfProperty(string property, MigrationRules rules) =>
        rules.NewProperties.TryGetValue(property, out MigrationCapability added) ? added
        : Rows.FirstOrDefault(row => row.Property == property && rules.Has(row.Capability))?.Capability;
}
