using System.Collections.Concurrent;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Faults;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Multifd;

/// <summary>The source's multifd channels: batches of pages go to whichever is idle.</summary>
internal sealed class MultifdSender
{
    private readonly PageBatch _barrier = new();
    private readonly ConcurrentBag<PageBatch> _empty = [];
    private readonly WorkerPool<PageBatch> _pool;
    private readonly MigrationStatistics _statistics;
    private long _packets = -1;
    private int _count;

    /// <param name="timeline">Where the channels' activities run.</param>
    /// <param name="parameters">The parameters of the attempt.</param>
    /// <param name="statistics">Counts bytes and pages.</param>
    /// <param name="faults">Where the source reaches its fault points.</param>
    /// <param name="failed">Called when a channel has failed, from its activity.</param>
    public MultifdSender(
        Timeline timeline, MigrationParameters parameters, MigrationStatistics statistics, FaultSite faults, Action failed)
    {
        Faults = faults;
        Parameters = parameters;
        _statistics = statistics;
        _pool = new WorkerPool<PageBatch>(timeline, failed);
        FindsZeroPages = parameters.ZeroPageDetection is null or ZeroPageDetection.Multifd;
    }

    /// <summary>The parameters of the attempt.</summary>
    public MigrationParameters Parameters { get; }

    /// <summary>Where the source reaches its fault points.</summary>
    public FaultSite Faults { get; }

    /// <summary>How pages are sent from where they are, over connections that can.</summary>
    public required InPlaceMethod InPlace { get; init; }

    /// <summary>Whether the channels look for pages of zeros.</summary>
    public bool FindsZeroPages { get; }

    /// <summary>Why they failed, if they did.</summary>
    public string? Error => _pool.Error;

    /// <summary>The channels' activities.</summary>
    public IReadOnlyList<Activity> Activities => _pool.Activities;

    /// <summary>Adds a channel, which begins at once.</summary>
    public void Add(MultifdSendChannel channel)
    {
        _pool.Add(
            $"mig/src/send_{_count++}",
            channel.BeginAsync,
            batch => batch == _barrier ? channel.SendBarrierAsync() : SendAsync(channel, batch),
            channel.Dispose);
    }

    /// <summary>A batch without pages.</summary>
    public PageBatch TakeEmpty() => _empty.TryTake(out PageBatch? batch) ? batch : new PageBatch();

    /// <summary>Hands a batch to an idle channel; waits for one.</summary>
    /// <exception cref="ChannelException">A channel has failed.</exception>
    public ValueTask SendAsync(PageBatch batch) => _pool.GiveAsync(batch);

    /// <summary>Has each channel send a barrier when it has sent all that it was given, and waits until they have.</summary>
    /// <exception cref="ChannelException">A channel has failed.</exception>
    public ValueTask SyncAsync() => _pool.GiveEachAsync(_barrier);

    /// <inheritdoc cref="WorkerPool{TJob}.CheckAlive"/>
    public void CheckAlive() => _pool.CheckAlive();

    /// <summary>Ends the channels' activities; connections that they wait for have been shut down.</summary>
    public ValueTask EndAsync() => _pool.EndAsync();

    /// <summary>The number of the next packet of any channel.</summary>
    internal ulong NextPacketNumber() => (ulong)Interlocked.Increment(ref _packets);

    /// <summary>All pages up to a barrier were copied that should not have been.</summary>
    internal void CountMissedZeroCopy() => _statistics.CountMissedZeroCopy();

    /// <summary>Something has been sent.</summary>
    internal void Count(long bytes, int normalPages = 0, int zeroPages = 0)
    {
        _statistics.AddMultifdBytes(bytes);
        if (normalPages > 0) _statistics.AddNormalPages(normalPages);
        if (zeroPages > 0) _statistics.AddZeroPages(zeroPages);
    }

    private async ValueTask SendAsync(MultifdSendChannel channel, PageBatch batch)
    {
        await channel.SendAsync(batch);
        batch.Clear();
        _empty.Add(batch);
    }
}
