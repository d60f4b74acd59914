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
    /// Capabilities to switch before the start. Those not named keep their state, except for three: <c>events</c> is
    /// switched on, <c>pause-before-switchover</c> if <see cref="BeforeSwitchover"/> is set, and <c>postcopy-ram</c> if
    /// <see cref="StartPostcopyWhen"/> is. With <c>events</c> switched off here, the migration is followed by asking.
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

    /// <summary>
    /// Says whether the guest shall go ahead of its memory from now on, in postcopy; without it, it never does. Asked
    /// right after the start, at every change of status, every pass and every <see cref="PollInterval"/>, until it says
    /// so or the switchover begins. <c>_ =&gt; true</c> is at once, <c>p =&gt; p.Pass &gt; 2</c> after the second pass,
    /// <c>p =&gt; p.IsOutrun</c> when the migration does not converge. If it fails, or the source refuses, the migration
    /// is cancelled, and the failure comes out of the call.
    /// </summary>
    /// <remarks>The destination needs <c>postcopy-ram</c> as well, which is for the caller to switch on there.</remarks>
    public Func<MigrationProgress, bool>? StartPostcopyWhen { get; init; }

    /// <summary>
    /// Called when postcopy has lost its connection, also when a recovery has failed. It makes the destination listen
    /// anew (<see cref="MigrationConnectionExtensions.PrepareRecoveryAsync"/>) and returns the address, with which the
    /// migration is resumed; or <see langword="null"/>, which ends the call with
    /// <see cref="MigrationOutcome.PostcopyPaused"/>, as does every pause where this is not set. If it fails the
    /// migration stays paused, and the failure comes out of the call.
    /// </summary>
    public Func<PostcopyPause, CancellationToken, ValueTask<string?>>? Recover { get; init; }

    /// <summary>
    /// Told how it goes, at every change of status and at every <see cref="PollInterval"/>, and whenever
    /// <see cref="StartPostcopyWhen"/> is asked.
    /// </summary>
    public IProgress<MigrationProgress>? Progress { get; init; }

    /// <summary>How often to ask for the state, without events or for one who wants to be told; 1 s.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long to wait for the end of a migration that was cancelled; 30 s.</summary>
    public TimeSpan CancelTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
