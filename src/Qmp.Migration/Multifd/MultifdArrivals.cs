using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Channels.Tls;
using Qmp.Migration.Faults;
using Qmp.Migration.Multifd.Packets;
using Qmp.Migration.Options;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Multifd;

/// <summary>
/// Sorts the connections that come to a destination: the first bytes tell the main stream from multifd channels, in whatever
/// order they come.
/// </summary>
/// <remarks>Each connection has an activity that reads its first bytes. Of a multifd channel it then receives the packets.</remarks>
internal sealed class MultifdArrivals
{
    private const uint StreamMagic = 0x5145564d; // "QEVM"

    private readonly ChannelSet _set;
    private readonly MultifdReceiver _receiver;
    private readonly MigrationOptions _options;
    private readonly Timeline _timeline;
    private readonly Guid? _uuid;
    private readonly Waker _changed;
    private readonly Action<Exception> _failed;
    private readonly Lock _gate = new(); // guards what follows
    private Exception? _failure;
    private byte[]? _mainStart;
    private IMigrationChannel? _first;
    private int _accepted;

    /// <param name="set">Gets the connections.</param>
    /// <param name="receiver">Gets the multifd channels.</param>
    /// <param name="options">The destination's options.</param>
    /// <param name="timeline">Where activities run.</param>
    /// <param name="uuid">The machine's UUID, or <see langword="null"/>.</param>
    /// <param name="failed">Called when a connection is refused, from its activity.</param>
    public MultifdArrivals(
        ChannelSet set, MultifdReceiver receiver, MigrationOptions options, Timeline timeline, Guid? uuid, Action<Exception> failed)
    {
        _set = set;
        _receiver = receiver;
        _options = options;
        _timeline = timeline;
        _uuid = uuid;
        _failed = failed;
        _changed = timeline.CreateWaker();
    }

    /// <summary>Whether as many connections have come as there are channels.</summary>
    public bool HasAll => _accepted > _receiver.Count;

    /// <summary>Takes a connection.</summary>
    public void Add(IMigrationChannel connection)
    {
        int place = _accepted++;
        _first ??= connection;
        if (!_set.TryAdd(connection, ChannelRole.Unknown, place)) return; // the attempt is over
        Waker waker = _timeline.CreateWaker();
        _timeline.Start($"mig/dst/recv_{place}", () => IdentifyAsync(connection, waker));
    }

    /// <summary>Waits until it is known of all connections what they are.</summary>
    /// <returns>What has been read of the main stream.</returns>
    /// <exception cref="LoadException">One of them is refused.</exception>
    /// <exception cref="ArrivalException">One of them ended or broke before it was known what it is.</exception>
    /// <exception cref="ChannelException">One of them broke.</exception>
    public async ValueTask<byte[]> CompleteAsync()
    {
        while (true)
        {
            lock (_gate)
            {
                if (_failure is { } failure) throw failure;
                if (_mainStart is not null && _receiver.IsComplete) return _mainStart;
            }

            await _changed.WaitAsync();
        }
    }

    private async ValueTask IdentifyAsync(IMigrationChannel connection, Waker waker)
    {
        MultifdReceiveChannel channel;
        bool isCorrupt = false;
        FaultSite faults = _receiver.Faults.Of(connection, () => isCorrupt = true);
        try
        {
            byte[] start = new byte[MultifdGreeting.Length];
            await faults.AtAsync(FaultPoint.MultifdArrive);
            await ReadMagicAsync(connection, start.AsMemory(0, MultifdGreeting.MagicLength));
            if (isCorrupt) start[0] ^= 0xff;
            isCorrupt = false;
            if (IsMainStream(start) && TakeMain(connection, start)) return;
            if (!await connection.ReadAllAsync(start.AsMemory(MultifdGreeting.MagicLength)))
            {
                throw new LoadException(Errno.InputOutput, "Unexpected end-of-file before all data were read");
            }

            if (connection is TlsChannel tls) tls.TakesTruncation = !_options.EndsTlsCleanly;
            int number = MultifdGreeting.Read(start, _uuid, _receiver.Count);
            await faults.AtAsync(FaultPoint.MultifdArriveDone);
            channel = _receiver.Add(number, connection, waker, _options.Parameters);
            if (isCorrupt) channel.CorruptNext();
            _set.Assign(connection, ChannelRole.Multifd, number);
        }
        catch (Exception e)
        {
            connection.Shutdown();
            if (IsLostMain(connection, e)) return;
            lock (_gate) _failure ??= e;
            _changed.Wake();
            _failed(e);
            return;
        }

        _changed.Wake();
        await channel.RunAsync();
        channel.Dispose();
    }

    // Over TLS the first connection is the main stream, and nobody looks at it before all are there. A client that does not trust
    // this end leaves so; others may come.
    private bool IsLostMain(IMigrationChannel connection, Exception e) =>
        connection is TlsChannel && e is ArrivalException && connection == _first && TakeMain(connection, []);

    private static bool IsMainStream(ReadOnlySpan<byte> start) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(start) == StreamMagic;

    // The second main stream is a channel of nobody.
    private bool TakeMain(IMigrationChannel connection, byte[] start)
    {
        lock (_gate)
        {
            if (_mainStart is not null) return false;
            _set.Assign(connection, ChannelRole.Main);
            _mainStart = start.Length == 0 ? start : start[..MultifdGreeting.MagicLength];
        }

        _changed.Wake();
        return true;
    }

    // QEMU would wait for ever for the rest of one that ends within the magic number.
    private static async ValueTask ReadMagicAsync(IMigrationChannel connection, Memory<byte> magic)
    {
        try
        {
            if (await connection.ReadAllAsync(magic)) return;
        }
        catch (ChannelException e)
        {
            throw new ArrivalException(e.Message);
        }

        throw new ArrivalException("Failed to peek at channel");
    }
}
