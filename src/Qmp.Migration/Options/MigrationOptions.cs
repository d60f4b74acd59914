using Qmp.Migration.Rules;
using Qmp.Migration.Status;
using Qmp.Tls.Objects;
using Qmp.Types;

namespace Qmp.Migration.Options;

/// <summary>The capabilities and parameters of one machine.</summary>
/// <remarks>
/// Set by commands, which hold the machine's lock; read by anybody. Both are replaced as a whole, so that a reader
/// sees all of a change or none of it.
/// </remarks>
/// <param name="rules">The release of QEMU whose checks these are.</param>
public sealed class MigrationOptions(MigrationRules rules)
{
    private volatile Store _store = new(default, ParameterTable.Defaults);

    /// <summary>The release of QEMU whose checks these are.</summary>
    public MigrationRules Rules { get; } = rules;

    /// <summary>
    /// Whether the destination counts the acks of the switchover in a release where the source may; set before anything is
    /// migrated (<c>-global migration.switchover-ack-legacy</c>, and by machine type).
    /// </summary>
    public bool SwitchoverAckLegacy { get; set; }

    /// <summary>Who counts the acks of the switchover.</summary>
    public SwitchoverAckMode AckMode => !Rules.SourceCountsAcks ? SwitchoverAckMode.One
        : SwitchoverAckLegacy ? SwitchoverAckMode.OneCounted
        : SwitchoverAckMode.Each;

    /// <summary>
    /// Whether multifd channels sync at the end of each section of RAM, as QEMU's up to 8.0 do; set before anything is migrated
    /// (<c>-global migration.multifd-flush-after-each-section</c>, and by machine type).
    /// </summary>
    public bool SyncsSections { get; set; }

    /// <summary>
    /// Whether the stream says where the switchover begins, which QEMU's up to 9.2 do not understand; set before anything is
    /// migrated (<c>-global migration.send-switchover-start</c>, and by machine type).
    /// </summary>
    public bool SendsSwitchoverStart { get; set; } = true;

    /// <summary>
    /// Whether the channel of pages that are asked for in postcopy is there from the beginning and has an end of its own, as
    /// QEMU's up to 7.2 expect; set before anything is migrated (<c>-global migration.x-preempt-pre-7-2</c>, and by machine type).
    /// </summary>
    public bool PreemptsEarly { get; set; }

    /// <summary>The mode of the migration that comes, where it is known before it comes; <see langword="null"/> once it has.</summary>
    internal MigMode? IncomingMode { get; set; }

    /// <summary>
    /// Whether a multifd channel over TLS must end with TLS's word for it, which QEMU's up to 9.2 do not send; set before anything
    /// is migrated (<c>-global migration.multifd-clean-tls-termination</c>, and by machine type).
    /// </summary>
    public bool EndsTlsCleanly { get; set; } = true;

    /// <summary>Finds the objects that <c>tls-creds</c> and <c>tls-authz</c> name; set before anything is migrated.</summary>
    public ITlsObjects Tls { get; set; } = NoTlsObjects.Instance;

    /// <summary>All capabilities.</summary>
    public CapabilitySet Capabilities => _store.Capabilities;

    /// <summary>All parameters; every member has a value but <c>block-bitmap-mapping</c>.</summary>
    public MigrationParameters Parameters => _store.Parameters;

    /// <summary>Whether pages are in packets of channels of their own: multifd, but for a file that has a place for each page.</summary>
    internal bool UsesPackets => Has(MigrationCapability.Multifd) && !Has(MigrationCapability.MappedRam);

    /// <summary>Whether the capability is on.</summary>
    public bool Has(MigrationCapability capability) => _store.Capabilities[capability];

    /// <summary>Puts the listed capabilities in force; all of them, or none if they do not go together.</summary>
    /// <param name="changes">The last entry for a capability counts.</param>
    /// <param name="incomingStarted">Whether this machine already listens for, or loads, a migration.</param>
    /// <param name="warn">Gets what is deprecated in the set that results, whether it is taken or refused.</param>
    /// <exception cref="MigrationException">They do not go together.</exception>
    public void SetCapabilities(
        IEnumerable<MigrationCapabilityStatus> changes, bool incomingStarted, Action<string>? warn = null)
    {
        CapabilitySet next = _store.Capabilities;
        foreach (MigrationCapabilityStatus change in changes) next = next.With(change.Capability, change.State);
        CapabilityRules.Check(_store.Capabilities, next, _store.Parameters, Rules, incomingStarted, warn ?? (_ => { }));
        _store = _store with { Capabilities = next };
    }

    /// <summary>Puts the given parameters in force; all of them, or none if one is out of its range.</summary>
    /// <exception cref="MigrationException">One is out of its range.</exception>
    public void SetParameters(MigrateSetParameters changes)
    {
        MigrationParameters old = _store.Parameters;
        MigrationParameters next = ParameterTable.Apply(old, changes);
        ParameterRules.Check(next, old, _store.Capabilities, Rules);
        _store = _store with { Parameters = next };
    }

    /// <summary>Sets one of either without the checks of a command: what <c>-global migration.…</c> does.</summary>
    public void Preset(Func<CapabilitySet, CapabilitySet> capabilities, Func<MigrationParameters, MigrationParameters> parameters) =>
        _store = new Store(capabilities(_store.Capabilities), parameters(_store.Parameters));

    private sealed record Store(CapabilitySet Capabilities, MigrationParameters Parameters);
}
