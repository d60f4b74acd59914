using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.MappedRam;
using Qmp.Migration.Multifd;
using Qmp.Migration.Options;
using Qmp.Migration.Postcopy;
using Qmp.Migration.Rules;
using Qmp.Types;

namespace Qmp.Migration.SaveState;

/// <summary>What a loader may use while its state is being loaded.</summary>
public sealed class LoadContext
{
    private readonly MigrationOptions _options;
    private readonly Func<string, ValueTask> _approve;
    private readonly Waker _interruption;

    /// <param name="timeline">Where the destination runs.</param>
    /// <param name="options">Capabilities and parameters of the destination.</param>
    /// <param name="approve">Tells the source what a device of that name has to say to the switchover.</param>
    /// <param name="interruption">Wakes the loading activity when the migration is cut.</param>
    /// <param name="multifd">The channels for pages, if there are any.</param>
    internal LoadContext(Timeline timeline, MigrationOptions options, Func<string, ValueTask> approve, Waker interruption, MultifdReceiver? multifd = null)
    {
        Timeline = timeline;
        _options = options;
        _approve = approve;
        _interruption = interruption;
        Multifd = multifd;
    }

    /// <summary>The channels for pages; <see langword="null"/> where the main stream carries them.</summary>
    internal MultifdReceiver? Multifd { get; }

    /// <summary>The file that has a place for each page; <see langword="null"/> where pages are in the stream.</summary>
    internal ISeekableChannel? File { get; init; }

    /// <summary>How far it has come in postcopy.</summary>
    internal IncomingPostcopy? Postcopy { get; init; }

    /// <summary>What reads pages of that file beside each other, if anything does.</summary>
    internal WorkerPool<MappedRun>? FileReaders { get; init; }

    /// <summary>Whether channels sync at the end of each section of RAM, as QEMU's up to 8.0 do.</summary>
    internal bool SyncsSections => _options.SyncsSections;

    /// <summary>Whether this program has the source's memory already, so that none is sent.</summary>
    internal bool KeepsMemory => _options.IncomingMode == MigMode.CprTransfer;

    /// <summary>Where the destination runs.</summary>
    public Timeline Timeline { get; }

    /// <summary>Whether a capability is on.</summary>
    public bool Has(MigrationCapability capability) => _options.Has(capability);

    /// <summary>Who counts the acks of the switchover.</summary>
    public SwitchoverAckMode AckMode => _options.AckMode;

    /// <summary>One device that wanted to approve the switchover does so.</summary>
    /// <param name="approver">Its name.</param>
    public ValueTask ApproveSwitchoverAsync(string approver) => _approve(approver);

    /// <summary>Lets a device's work take its time; less of it if the migration is cut meanwhile.</summary>
    public async ValueTask WorkAsync(TimeSpan duration) => await _interruption.WaitAsync(duration);
}
