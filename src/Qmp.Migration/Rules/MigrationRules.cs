using Qmp.Types;

namespace Qmp.Migration.Rules;

/// <summary>
/// What a release of QEMU does its own way in a migration, and is not in the schema: texts, orders, counters. Each default
/// is QEMU 10.0's.
/// </summary>
public sealed record MigrationRules
{
    /// <summary>QEMU 10.0's.</summary>
    public static MigrationRules Default { get; } = new();

    /// <summary>Whether a source that fails is <c>failing</c> until its guest runs again, and <c>failed</c> only then.</summary>
    public bool ShowsFailing { get; init; }

    /// <summary>Whether a migration that is cancelled while it connects stays <c>cancelling</c> until the connection is made or refused.</summary>
    public bool CancelsAfterConnecting { get; init; }

    /// <summary>Why a migration ended that was cancelled in the pause before the switchover.</summary>
    public string CancelledInPause { get; init; } = "Channel error: Input/output error";

    /// <summary>What is said before the reason why the rest of live devices could not be sent.</summary>
    public string RestFailure { get; init; } = "";

    /// <summary>Whether a destination is <c>active</c> only when its source has sent something.</summary>
    public bool ActiveOnFirstBytes { get; init; }

    /// <summary>
    /// Whether a pass ends with each exact count of what is left, which is made before every switchover too; the first
    /// that is announced is number 2, and the count for the stopped guest is no pass. Otherwise each sync of the dirty log
    /// is one.
    /// </summary>
    public bool PassesAreCounts { get; init; }

    /// <summary>Whether state that can only be read from a stopped device counts in estimates of what is left.</summary>
    public bool EstimatesStopCopy { get; init; }

    /// <summary>Whether the downtime that is expected follows from all that is left, whether the guest writes or not.</summary>
    public bool ExpectsDowntimeOfAll { get; init; }

    /// <summary>Whether clients are told why a load failed, behind the text of the error number.</summary>
    public bool ReportsLoadReasons { get; init; }

    /// <summary>
    /// The newest release of machine types whose destination counts the acks of the switchover and sends one
    /// (<c>switchover-ack-legacy</c>); with other types the source counts. <see langword="null"/> where every destination
    /// does, whatever its machine, and there is no such property.
    /// </summary>
    public Version? LastLegacyAckMachine { get; init; }

    /// <summary>Whether <c>postcopy-ram</c> and <c>multifd</c> go together.</summary>
    public bool AllowsPostcopyWithMultifd { get; init; }

    /// <summary>
    /// Whether a source that changes to postcopy waits until its destination has loaded the devices, and can still undo it until
    /// then (<c>postcopy-device</c>).
    /// </summary>
    public bool AwaitsPackage { get; init; }

    /// <summary>
    /// Whether what is left is counted exactly in each turn in which the guest could go before its memory, asked for or not;
    /// otherwise only where it could go with all of it.
    /// </summary>
    public bool CountsBeforePostcopy { get; init; }

    /// <summary>
    /// Whether a program leaves a list of VFIO devices, too, to the one that takes its place; the release before does not understand
    /// it. The texts about what is left go with it.
    /// </summary>
    public bool ListsCprDevices { get; init; }

    /// <summary>Whether there is a connection to cut while a source waits for the program that takes its place.</summary>
    public bool YanksBeforeConnecting { get; init; }

    /// <summary>Whether <c>x-colo</c> requires <c>return-path</c>.</summary>
    public bool ColoNeedsReturnPath { get; init; }

    /// <summary>The capabilities that went away.</summary>
    public IReadOnlyList<MigrationCapability> LostCapabilities { get; init; } = [];

    /// <summary>The parameters that came after QEMU 10.0.</summary>
    public IReadOnlyList<string> NewParameters { get; init; } = [];

    /// <summary>Further properties of <c>-global migration.</c>: those of capabilities, by name.</summary>
    public IReadOnlyDictionary<string, MigrationCapability> NewProperties { get; init; } =
        new Dictionary<string, MigrationCapability>();

    /// <summary>Whether a parameter out of its range is called an option, by the name that clients know, without quotes.</summary>
    public bool CallsParametersOptions { get; init; }

    /// <summary>Whether the options behind <c>tcp:HOST:PORT</c> are all checked; otherwise those that are not known are ignored.</summary>
    public bool ChecksAddressOptions { get; init; }

    /// <summary>Whether <c>fd:</c> refuses files, which it only advises against otherwise.</summary>
    public bool RefusesFilesByDescriptor { get; init; }

    /// <summary>Whether <c>capability</c> is one.</summary>
    internal bool Has(MigrationCapability capability) => !LostCapabilities.Contains(capability);

    /// <summary>Whether the source counts the acks that are asked for, unless <c>switchover-ack-legacy</c> is on.</summary>
    internal bool SourceCountsAcks => LastLegacyAckMachine is not null;
}
