using Qmp.Protocol.Threading;
using Qmp.Protocol.Transport;

namespace Qmp.Emulator.Chardevs;

/// <summary>
/// The front end of a device that nothing talks over: a serial port, or none at all. Peers are let in, and what they
/// say is dropped.
/// </summary>
internal sealed class IdlePort : SequentialFrontEnd
{
    private IdlePort(IConnectionSource connections, bool isOpen)
        : base(connections) => IsOpen = isOpen;

    /// <inheritdoc/>
    public override bool IsOpen { get; }

    /// <inheritdoc/>
    public override bool TakesAnother => true;

    /// <summary>Makes one and lets peers in.</summary>
    /// <param name="connections">Where they come from; disposed with the port.</param>
    /// <param name="isOpen">Whether the machine has such a port.</param>
    public static IdlePort Start(IConnectionSource connections, bool isOpen)
    {
        var port = new IdlePort(connections, isOpen);
        port.Start();
        return port;
    }

    /// <summary>Gives the peers to a front end that has something to say.</summary>
    public IConnectionSource GiveWay() => HandOver();

    /// <inheritdoc/>
    protected override async Task ServeAsync(IConnection peer)
    {
        byte[] buffer = new byte[4096];
        while (await peer.ReceiveAsync(buffer, wakeable: true).ConfigureAwait(OrderedContext.IsCurrent) > 0)
        {
        }
    }
}
