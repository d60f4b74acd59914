using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Multifd.Compression;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Multifd;

/// <summary>The source's multifd channels: batches of pages go to whichever is idle.</summary>
/// <remarks>
/// <para>Each channel is an activity. The migration's activity hands over batches and asks for barriers; it waits where all
/// channels are busy, and for a barrier on all of them.</para>
/// <para>The first channel that fails ends them all. Who hands over next is told.</para>
/// </remarks>
internal sealed class MultifdSender
{
    private readonly Timeline _timeline;
    private readonly MigrationParameters _parameters;
    private readonly MigrationStatistics _statistics;
    private readonly Waker _changed;
    private readonly Action _failed;
    private readonly Lock _gate = new(); // guards the jobs of the channels, and what follows
    private readonly List<MultifdSendChannel> _channels = [];
    private long _packets = -1;
    private int _next;
    private string? _error;
    private bool _isEnding;

    /// <param name="timeline">Where the channels' activities run.</param>
    /// <param name="parameters">The parameters of the attempt.</param>
    /// <param name="statistics">Counts bytes and pages.</param>
    /// <param name="failed">Called when a channel has failed, from its activity.</param>
    public MultifdSender(Timeline timeline, MigrationParameters parameters, MigrationStatistics statistics, Action failed)
    {
        _timeline = timeline;
        _parameters = parameters;
        _statistics = statistics;
        _failed = failed;
        _changed = timeline.CreateWaker();
        FindsZeroPages = parameters.ZeroPageDetection is null or ZeroPageDetection.Multifd;
    }

    /// <summary>Whether the channels look for pages of zeros.</summary>
    public bool FindsZeroPages { get; }

    /// <summary>Why they failed, if they did.</summary>
    public string? Error => Volatile.Read(ref _error);

    /// <summary>The channels' activities.</summary>
    public IReadOnlyList<Activity> Activities => [.. _channels.Select(channel => channel.Activity)];

    /// <summary>Adds a channel, which greets the destination.</summary>
    /// <param name="connection">Its connection.</param>
    /// <param name="uuid">The machine's UUID, or <see langword="null"/>.</param>
    public void Add(IMigrationChannel connection, Guid? uuid)
    {
        int number = _channels.Count;
        var channel = new MultifdSendChannel(this, number, connection, _timeline.CreateWaker(), PageCompression.CreateCompressor(_parameters));
        _channels.Add(channel);
        channel.Activity = _timeline.Start($"mig/src/send_{number}", () => channel.RunAsync(MultifdGreeting.Write(uuid, number)));
    }

    /// <summary>Hands a batch to an idle channel; waits for one.</summary>
    /// <param name="batch">The batch.</param>
    /// <returns>An empty one.</returns>
    /// <exception cref="ChannelException">A channel has failed.</exception>
    public async ValueTask<PageBatch> SendAsync(PageBatch batch)
    {
        while (true)
        {
            if (TryHandOver(batch, out PageBatch? empty)) return empty;
            await _changed.WaitAsync();
        }
    }

    /// <summary>Has each channel send a barrier when it has sent all that it was given, and waits until they have.</summary>
    /// <exception cref="ChannelException">A channel has failed.</exception>
    public async ValueTask SyncAsync()
    {
        lock (_gate)
        {
            CheckAlive();
            foreach (MultifdSendChannel channel in _channels) channel.OwesBarrier = true;
        }

        foreach (MultifdSendChannel channel in _channels) channel.Wake();
        while (!AllSynced()) await _changed.WaitAsync();
    }

    /// <summary>Refuses to go on if a channel has failed.</summary>
    /// <exception cref="ChannelException">One has.</exception>
    public void CheckAlive()
    {
        if (Error is { } error) throw new ChannelException(error);
    }

    /// <summary>Ends the channels' activities; connections that they wait for have been shut down.</summary>
    public async ValueTask EndAsync()
    {
        lock (_gate) _isEnding = true;
        foreach (MultifdSendChannel channel in _channels) channel.Wake();
        foreach (MultifdSendChannel channel in _channels)
        {
            await channel.Activity.JoinAsync();
            channel.Dispose();
        }
    }

    /// <summary>What a channel has to do next.</summary>
    internal MultifdTask NextTask(MultifdSendChannel channel)
    {
        lock (_gate)
        {
            if (_isEnding || _error is not null) return MultifdTask.End;
            if (channel.IsBusy) return MultifdTask.Pages;
            return channel.OwesBarrier ? MultifdTask.Barrier : MultifdTask.Wait;
        }
    }

    /// <summary>A channel has done what it had to do.</summary>
    internal void Done(MultifdSendChannel channel, MultifdTask task)
    {
        lock (_gate)
        {
            if (task == MultifdTask.Pages) channel.IsBusy = false;
            else channel.OwesBarrier = false;
        }

        _changed.Wake();
    }

    /// <summary>A channel has failed.</summary>
    internal void Fail(string reason)
    {
        lock (_gate)
        {
            if (_isEnding) return;
            _error ??= reason;
        }

        foreach (MultifdSendChannel channel in _channels.ToArray()) channel.Wake();
        _changed.Wake();
        _failed();
    }

    /// <summary>The number of the next packet of any channel.</summary>
    internal ulong NextPacketNumber() => (ulong)Interlocked.Increment(ref _packets);

    /// <summary>A packet has been sent.</summary>
    internal void Count(long bytes, int normalPages, int zeroPages)
    {
        _statistics.AddMultifdBytes(bytes);
        if (normalPages > 0) _statistics.AddNormalPages(normalPages);
        if (zeroPages > 0) _statistics.AddZeroPages(zeroPages);
    }

    private bool TryHandOver(PageBatch batch, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PageBatch? empty)
    {
        MultifdSendChannel? idle = null;
        lock (_gate)
        {
            CheckAlive();
            for (int i = 0; i < _channels.Count && idle is null; i++)
            {
                MultifdSendChannel channel = _channels[(_next + i) % _channels.Count];
                if (channel.IsBusy) continue;
                idle = channel;
                _next = (_next + i + 1) % _channels.Count;
            }

            empty = idle?.Take(batch);
        }

        idle?.Wake();
        return empty is not null;
    }

    private bool AllSynced()
    {
        lock (_gate)
        {
            CheckAlive();
            return _channels.TrueForAll(channel => !channel.OwesBarrier);
        }
    }
}

/// <summary>What a channel does next.</summary>
internal enum MultifdTask
{
    /// <summary>It waits.</summary>
    Wait,

    /// <summary>It sends the batch that it was given.</summary>
    Pages,

    /// <summary>It sends a barrier.</summary>
    Barrier,

    /// <summary>It ends.</summary>
    End,
}
