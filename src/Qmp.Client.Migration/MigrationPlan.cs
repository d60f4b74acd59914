using Qmp.Types;

namespace Qmp.Client.Migration;

/// <summary>An outgoing migration as the caller wants it.</summary>
public sealed record MigrationPlan
{
    /// <summary>Where to, such as <c>unix:/run/dst.sock</c>; either this or <see cref="Channels"/>.</summary>
    public string? Uri { get; init; }

    /// <summary>Where to, as an object of the schema.</summary>
    public IReadOnlyList<MigrationChannel>? Channels { get; init; }

    /// <summary>
    /// Capabilities to switch before the start. Those not named keep their state, except for two: <c>events</c> is
    /// switched on, and <c>pause-before-switchover</c> if <see cref="BeforeSwitchover"/> is set. With <c>events</c>
    /// switched off here, the migration is followed by asking.
    /// </summary>
    public IReadOnlyDictionary<MigrationCapability, bool> Capabilities { get; init; } =
        new Dictionary<MigrationCapability, bool>();

    /// <summary>Parameters to set before the start.</summary>
    public MigrateSetParameters? Parameters { get; init; }

    /// <summary>
    /// Called when the source has stopped and waits, before its last state is sent; the migration continues when it
    /// returns. If it fails the migration is cancelled, and the failure comes out of the call.
    /// </summary>
    public Func<MigrationInfo, CancellationToken, ValueTask>? BeforeSwitchover { get; init; }

    /// <summary>Told how it goes, at every change of status and at every <see cref="PollInterval"/>.</summary>
    public IProgress<MigrationProgress>? Progress { get; init; }

    /// <summary>How often to ask for the state, without events or for <see cref="Progress"/>; 1 s.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long to wait for the end of a migration that was cancelled; 30 s.</summary>
    public TimeSpan CancelTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
