using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Faults;
using Qmp.Migration.Multifd.Compression;
using Qmp.Migration.Multifd.Packets;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Multifd;

/// <summary>The destination's multifd channels: each places the pages of its packets by itself.</summary>
/// <remarks>
/// A channel that has read a barrier reads on only when the main stream has come to its mark, so that a page that is sent
/// again cannot overtake its older version. The first channel that fails ends them all, and the load.
/// </remarks>
internal sealed class MultifdReceiver
{
    private readonly GuestMemory _memory;
    private readonly Waker _changed;
    private readonly Action<Exception> _failed;
    private readonly Lock _gate = new(); // guards what channels wait for, and what follows
    private readonly MultifdReceiveChannel?[] _channels;
    private bool _isEnding;

    /// <param name="memory">Where pages go.</param>
    /// <param name="timeline">Where the channels' activities run.</param>
    /// <param name="channels">How many channels there are.</param>
    /// <param name="faults">Where the destination reaches its fault points.</param>
    /// <param name="failed">Called with what has gone wrong, from the channel's activity.</param>
    public MultifdReceiver(GuestMemory memory, Timeline timeline, int channels, FaultSite faults, Action<Exception> failed)
    {
        Faults = faults;
        _memory = memory;
        _failed = failed;
        _changed = timeline.CreateWaker();
        _channels = new MultifdReceiveChannel?[channels];
    }

    /// <summary>Where the destination reaches its fault points.</summary>
    public FaultSite Faults { get; }

    /// <summary>How many channels there are to be.</summary>
    public int Count => _channels.Length;

    /// <summary>Whether all of them are there.</summary>
    public bool IsComplete
    {
        get
        {
            lock (_gate) return Array.TrueForAll(_channels, channel => channel is not null);
        }
    }

    /// <summary>Whether the load was ended by a channel that failed.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Adds a channel, in its own activity, which then receives until the channel ends.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="connection">Its connection, behind what it began with.</param>
    /// <param name="waker">Wakes its activity.</param>
    /// <param name="parameters">The parameters of the destination.</param>
    /// <exception cref="LoadException">There is one of that number.</exception>
    public MultifdReceiveChannel Add(int number, IMigrationChannel connection, Waker waker, MigrationParameters parameters)
    {
        var channel = new MultifdReceiveChannel(
            this, _memory, connection, waker, PageCompression.CreateDecompressor(parameters, number), number);
        lock (_gate)
        {
            if (_channels[number] is null)
            {
                _channels[number] = channel;
                return channel;
            }
        }

        channel.Dispose();
        throw MultifdPacket.Refusal($"multifd: received id '{number}' already setup'");
    }

    /// <summary>The main stream has come to a mark: waits until each channel has read its barrier, and lets them go on.</summary>
    /// <exception cref="LoadException">They have failed, or one has ended before its barrier.</exception>
    public async ValueTask SyncAsync()
    {
        while (!TryPass()) await _changed.WaitAsync();
        foreach (MultifdReceiveChannel? channel in _channels) channel!.Wake();
    }

    /// <summary>Ends the channels when everything has been loaded; what they read from then on is dropped.</summary>
    /// <returns>Whether none has failed before; afterwards none fails any more.</returns>
    public bool TryEnd()
    {
        lock (_gate)
        {
            if (HasFailed) return false;
            _isEnding = true;
        }

        End();
        return true;
    }

    /// <summary>Ends the channels; connections that they wait for are shut down.</summary>
    public void End()
    {
        lock (_gate) _isEnding = true;
        foreach (MultifdReceiveChannel? channel in _channels) channel?.Wake();
        _changed.Wake();
    }

    /// <summary>Whether channels place no more pages.</summary>
    internal bool IsEnding
    {
        get
        {
            lock (_gate) return _isEnding;
        }
    }

    /// <summary>A channel has read a barrier.</summary>
    internal void Reached(MultifdReceiveChannel channel)
    {
        lock (_gate) channel.IsAtBarrier = true;
        _changed.Wake();
    }

    /// <summary>A channel has ended.</summary>
    internal void Ended(MultifdReceiveChannel channel)
    {
        lock (_gate) channel.HasEnded = true;
        _changed.Wake();
    }

    /// <summary>Whether a channel may read on.</summary>
    internal bool MayPass(MultifdReceiveChannel channel)
    {
        lock (_gate) return _isEnding || !channel.IsAtBarrier;
    }

    /// <summary>A channel has failed.</summary>
    internal void Fail(Exception e)
    {
        lock (_gate)
        {
            if (_isEnding || HasFailed) return;
            HasFailed = true;
        }

        _failed(e); // before the main stream ends because of it, which would be taken for the reason
        End();
    }

    private bool TryPass()
    {
        lock (_gate)
        {
            if (_isEnding) throw new LoadException(Errno.InputOutput);
            if (Array.Find(_channels, channel => channel is { HasEnded: true, IsAtBarrier: false }) is not null)
            {
                // QEMU would wait for it for ever.
                throw new LoadException(Errno.InputOutput, "multifd: a channel ended before the main stream");
            }

            if (!Array.TrueForAll(_channels, channel => channel is { IsAtBarrier: true })) return false;
            foreach (MultifdReceiveChannel? channel in _channels) channel!.IsAtBarrier = false;
            return true;
        }
    }
}
