namespace Qmp.Migration.Channels;

/// <summary>What a connection of an attempt is for.</summary>
internal enum ChannelRole
{
    /// <summary>The main stream, and the return path in the other direction.</summary>
    Main,

    /// <summary>One of several for pages, told apart by their numbers.</summary>
    Multifd,

    /// <summary>Pages that a running destination has asked for.</summary>
    Preempt,

    /// <summary>Not known before its first bytes have been read.</summary>
    Unknown,
}

/// <summary>Every connection of one attempt: added here, cut here, closed here.</summary>
/// <remarks>May be used from any thread. To cut a migration one need not know how many connections it has by then.</remarks>
internal sealed class ChannelSet : IDisposable
{
    private readonly Lock _gate = new(); // guards what follows
    private readonly List<Connection> _connections = [];
    private readonly List<IMigrationChannel> _retired = [];
    private bool _isBroken;
    private bool _isCut;
    private bool _isClosed;

    /// <summary>Whether there is no connection yet.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate) return _connections.Count + _retired.Count == 0;
        }
    }

    /// <summary>The main channel.</summary>
    /// <exception cref="InvalidOperationException">It is not there yet.</exception>
    public IMigrationChannel Main => Find(ChannelRole.Main) ?? throw new InvalidOperationException("there is no main channel");

    /// <summary>The connection of a role, or <see langword="null"/>.</summary>
    /// <param name="role">The role.</param>
    /// <param name="index">Its number among those of the role.</param>
    public IMigrationChannel? Find(ChannelRole role, int index = 0)
    {
        lock (_gate) return _connections.Find(c => c.Role == role && c.Index == index).Channel;
    }

    /// <summary>Adds a connection, which is cut at once if the set has been cut.</summary>
    /// <returns>Whether it belongs to the attempt; if the set is closed it does not, and was disposed of.</returns>
    public bool TryAdd(IMigrationChannel channel, ChannelRole role = ChannelRole.Main, int index = 0)
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                _connections.Add(new Connection(channel, role, index));
                if (_isCut || _isBroken) channel.Shutdown();
                return true;
            }
        }

        channel.Dispose();
        return false;
    }

    /// <summary>Says what a connection is for that was added without it being known.</summary>
    public void Assign(IMigrationChannel channel, ChannelRole role, int index = 0)
    {
        lock (_gate)
        {
            int place = _connections.FindIndex(c => ReferenceEquals(c.Channel, channel));
            if (place >= 0) _connections[place] = new Connection(channel, role, index);
        }
    }

    /// <summary>Tells all peers that nothing more will be written.</summary>
    public async ValueTask EndStreamsAsync()
    {
        IMigrationChannel[] channels;
        lock (_gate) channels = [.. _connections.Select(c => c.Channel)];
        foreach (IMigrationChannel channel in channels) await channel.EndStreamAsync();
    }

    /// <summary>Cuts the connections that are there.</summary>
    /// <param name="role">Those of which role; <see langword="null"/> for all.</param>
    public void Shutdown(ChannelRole? role = null)
    {
        lock (_gate)
        {
            foreach (Connection connection in _connections)
            {
                if (role is null || connection.Role == role) connection.Channel.Shutdown();
            }
        }
    }

    /// <summary>Cuts the connections that are there, and makes room for others in their roles.</summary>
    public void Retire()
    {
        lock (_gate)
        {
            Shutdown();
            _isBroken = false;
            _retired.AddRange(_connections.Select(c => c.Channel));
            _connections.Clear();
        }
    }

    /// <summary>Cuts the connections that are there and those that belong to them and come later, as when a network breaks.</summary>
    public void Break()
    {
        lock (_gate)
        {
            _isBroken = true;
            Shutdown();
        }
    }

    /// <summary>Cuts the connections that are there and those that will be.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            _isCut = true;
            Shutdown();
        }
    }

    /// <summary>Cuts the connections that are there and takes no more.</summary>
    /// <returns>Whether there were any.</returns>
    public bool Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Shutdown();
            return _connections.Count + _retired.Count > 0;
        }
    }

    /// <summary>Closes the connections, outside of the lock: one of a command may take its time.</summary>
    public void Dispose()
    {
        IMigrationChannel[] connections;
        lock (_gate)
        {
            _isClosed = true;
            connections = [.. _connections.Select(c => c.Channel), .. _retired];
        }

        foreach (IMigrationChannel connection in connections) connection.Dispose();
    }

    private readonly record struct Connection(IMigrationChannel Channel, ChannelRole Role, int Index);
}
