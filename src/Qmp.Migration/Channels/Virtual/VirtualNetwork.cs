using Qmp.Machine.Time;
using Qmp.Types;

namespace Qmp.Migration.Channels.Virtual;

/// <summary>Connects machines of one timeline in memory: every address leads to the machine that listens on it.</summary>
public sealed class VirtualNetwork : IMigrationConnector
{
    private readonly Timeline _timeline;
    private readonly Lock _gate = new(); // guards _listeners and _shared
    private VirtualLink? _shared;
    private readonly Dictionary<string, Listener> _listeners = new(StringComparer.Ordinal);

    /// <summary>A network without listeners.</summary>
    public VirtualNetwork(Timeline timeline)
    {
        _timeline = timeline;
        Cpr = new VirtualCpr(timeline);
    }

    /// <inheritdoc/>
    public ICprConnector Cpr { get; }

    /// <summary>What links from now on are like. All connections to one listener are on one link.</summary>
    public LinkSettings Link { get; set; } = new();

    /// <summary>Whether all connections are on one link, whichever machines they join.</summary>
    public bool SharesLink { get; init; }

    /// <summary>Sees all bytes from sources to destinations, as they are sent; not those that are only counted.</summary>
    public Action<ReadOnlyMemory<byte>>? ForwardTap { get; set; }

    /// <summary>Sees all bytes from destinations to sources, as they are sent.</summary>
    public Action<ReadOnlyMemory<byte>>? BackwardTap { get; set; }

    /// <summary>Is told how many bytes go from sources to destinations, as they are sent.</summary>
    public Action<int>? ForwardCount { get; set; }

    /// <summary>Is told how many bytes go from destinations to sources, as they are sent.</summary>
    public Action<int>? BackwardCount { get; set; }

    /// <inheritdoc/>
    public ChannelTraits TraitsOf(MigrationAddress address) =>
        address is MigrationAddress.Socket { Value: not SocketAddress.Fd } ? ChannelTraits.ManyChannels : ChannelTraits.None;

    /// <inheritdoc/>
    public IMigrationChannel? Open(MigrationAddress address, Action meetFile) => null;

    /// <inheritdoc/>
    public ValueTask<IMigrationChannel> ConnectAsync(MigrationAddress address, CancellationToken cancellation)
    {
        string key = Key(address);
        Listener? listener;
        lock (_gate)
        {
            if (!_listeners.TryGetValue(key, out listener))
            {
                throw new ChannelException($"Failed to connect to '{key}': Connection refused");
            }
        }

        VirtualChannel? source = null;
        VirtualChannel? destination = null;
        void Cut()
        {
            source!.Shutdown();
            destination!.Shutdown();
        }

        VirtualLink link = SharesLink ? SharedLink() : listener.LinkOf(Link);
        var forward = new VirtualPipe(_timeline, link.Forward, Link.CutAfter, ForwardTap, ForwardCount, Cut);
        var backward = new VirtualPipe(_timeline, link.Backward, Link.CutBackAfter, BackwardTap, BackwardCount, Cut);
        source = new VirtualChannel(backward, forward);
        destination = new VirtualChannel(forward, backward);
        if (Link.CutAfter == 0 || Link.CutBackAfter == 0) Cut();
        listener.Connect(destination);
        return new ValueTask<IMigrationChannel>(source);
    }

    /// <inheritdoc/>
    public IPageFile OpenPages(MigrationAddress address, bool writes, bool direct) =>
        throw new ChannelException("A virtual network has no files");

    /// <inheritdoc/>
    public IMigrationListener Listen(MigrationAddress address, Action meetFile)
    {
        string key = Key(address);
        var listener = new Listener(this, key, ((MigrationAddress.Socket)address).Value);
        lock (_gate)
        {
            if (!_listeners.TryAdd(key, listener))
            {
                throw new ChannelException($"Failed to bind socket to {key}: Address already in use");
            }
        }

        return listener;
    }

    private VirtualLink SharedLink()
    {
        lock (_gate)
        {
            if (_shared is null || _shared.Settings != Link) _shared = new VirtualLink(Link);
            return _shared;
        }
    }

    private static string Key(MigrationAddress address) => address switch
    {
        MigrationAddress.Socket { Value: SocketAddress.Unix unix } => unix.Value.Path,
        MigrationAddress.Socket { Value: SocketAddress.Inet inet } => $"{inet.Value.Host}:{inet.Value.Port}",
        _ => throw new ChannelException("A virtual network has Unix and TCP addresses only"),
    };

    private sealed class Listener(VirtualNetwork network, string key, SocketAddress address) : IMigrationListener
    {
        private readonly Lock _gate = new(); // guards what follows
        private readonly Queue<VirtualChannel> _connected = new();
        private readonly Waker _waker = network._timeline.CreateWaker();
        private VirtualLink? _link;
        private bool _disposed;

        public IReadOnlyList<SocketAddress> Addresses { get; } = [address];

        /// <summary>The link that leads here; a new one where other settings are asked for.</summary>
        public VirtualLink LinkOf(LinkSettings settings)
        {
            lock (_gate)
            {
                if (_link is null || _link.Settings != settings) _link = new VirtualLink(settings);
                return _link;
            }
        }

        public void Connect(VirtualChannel channel)
        {
            lock (_gate) _connected.Enqueue(channel);
            _waker.Wake();
        }

        public async ValueTask<IMigrationChannel?> AcceptAsync()
        {
            while (true)
            {
                lock (_gate)
                {
                    if (_disposed) return null;
                    if (_connected.TryDequeue(out VirtualChannel? channel)) return channel;
                }

                await _waker.WaitAsync();
            }
        }

        public void Dispose()
        {
            lock (_gate)
            {
                if (_disposed) return;
                _disposed = true;
            }

            lock (network._gate) network._listeners.Remove(key);
            foreach (VirtualChannel channel in _connected) channel.Shutdown();
            _waker.Wake();
        }
    }
}
