using Qmp.Protocol.Threading;
using Qmp.Protocol.Transport;

namespace Qmp.Emulator.Chardevs;

/// <summary>The front end of a character device that is the guest's serial port.</summary>
internal sealed class SerialFrontEnd : SequentialFrontEnd
{
    private const int LongestBacklog = 1 << 20;
    private const int LongestWait = 4096;

    private readonly SerialLine _line;
    private readonly Lock _gate = new(); // guards the following
    private readonly List<byte> _early = [];
    private IConnection? _peer;
    private bool _waitsForPeer;

    private SerialFrontEnd(IConnectionSource connections, SerialLine line, bool waitsForPeer)
        : base(connections)
    {
        _line = line;
        _waitsForPeer = waitsForPeer;
    }

    /// <inheritdoc/>
    public override bool IsOpen => true;

    /// <inheritdoc/>
    public override bool TakesAnother => true;

    /// <summary>Makes one and lets peers in.</summary>
    /// <param name="connections">Where they come from; disposed with the port.</param>
    /// <param name="line">The guest's end.</param>
    /// <param name="waitsForPeer">Whether what the guest says before the first peer is there is kept for it: a file is opened at once.</param>
    public static SerialFrontEnd Start(IConnectionSource connections, SerialLine line, bool waitsForPeer)
    {
        var port = new SerialFrontEnd(connections, line, waitsForPeer);
        line.Connect(port.Send);
        port.Start();
        return port;
    }

    /// <summary>The same on the connections of another device.</summary>
    public SerialFrontEnd Follow(IConnectionSource connections, bool waitsForPeer) => Start(connections, _line, waitsForPeer);

    /// <inheritdoc/>
    protected override async Task ServeAsync(IConnection peer)
    {
        lock (_gate)
        {
            _peer = peer;
            if (_early.Count > 0) peer.Send([.. _early]);
            _early.Clear();
            _waitsForPeer = false;
        }

        byte[] buffer = new byte[4096];
        int received;
        while ((received = await peer.ReceiveAsync(buffer, wakeable: true).ConfigureAwait(OrderedContext.IsCurrent)) > 0)
        {
            _line.Receive(buffer.AsSpan(0, received));
        }

        lock (_gate) _peer = null;
    }

    // What a peer does not take is lost, in the end.
    private void Send(byte b)
    {
        lock (_gate)
        {
            if (_peer is not null && _peer.Backlog < LongestBacklog) _peer.Send([b]);
            else if (_waitsForPeer && _early.Count < LongestWait) _early.Add(b);
        }
    }
}
