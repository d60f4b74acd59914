using Qmp.Protocol.Threading;
using Qmp.Protocol.Transport;

namespace Qmp.Emulator.Chardevs;

/// <summary>Connections that speak telnet: who connects is told how to behave, and its own orders are dropped.</summary>
internal sealed class TelnetConnections(IConnectionSource inner) : IConnectionSource
{
    private const byte Order = 255; // IAC
    private const byte FirstNegotiation = 251; // WILL, WON'T, DO and DON'T have an operand

    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public bool IsBlocking => inner.IsBlocking;

    // WILL ECHO, WILL SUPPRESS GO AHEAD, WILL BINARY, DO BINARY: each key arrives at once, as it is.
    private static ReadOnlySpan<byte> Greeting => [Order, 251, 1, Order, 251, 3, Order, 251, 0, Order, 253, 0];

    /// <inheritdoc/>
    public async ValueTask<IConnection?> AcceptAsync()
    {
        if (await inner.AcceptAsync().ConfigureAwait(OrderedContext.IsCurrent) is not { } connection) return null;
        connection.Send(Greeting);
        return new Telnet(connection);
    }

    /// <inheritdoc/>
    public void Stop() => inner.Stop();

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    private sealed class Telnet(IConnection inner) : IConnection
    {
        private int _orderBytes; // of the order that has begun

        public string Name => inner.Name;

        public long Backlog => inner.Backlog;

        public bool IsHungUp => inner.IsHungUp;

        public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, bool wakeable)
        {
            while (true)
            {
                int received = await inner.ReceiveAsync(buffer, wakeable).ConfigureAwait(OrderedContext.IsCurrent);
                if (received <= 0) return received;
                int left = DropOrders(buffer.Span[..received]);
                if (left > 0) return left;
            }
        }

        public ValueTask<bool> WaitForWakeAsync() => inner.WaitForWakeAsync();

        public void Wake() => inner.Wake();

        public void Send(ReadOnlySpan<byte> bytes) => inner.Send(bytes);

        public ValueTask DrainAsync(CancellationToken cancellationToken) => inner.DrainAsync(cancellationToken);

        public void StopReceiving() => inner.StopReceiving();

        public int TakeDescriptor() => inner.TakeDescriptor();

        public void Dispose() => inner.Dispose();

        // An order may be cut anywhere by the pieces in which it arrives. Two of them in a row stand for the byte.
        private int DropOrders(Span<byte> bytes)
        {
            int kept = 0;
            foreach (byte value in bytes)
            {
                switch (_orderBytes)
                {
                    case 0 when value == Order:
                        _orderBytes = 1;
                        break;

                    case 1 when value >= FirstNegotiation && value < Order:
                        _orderBytes = 2;
                        break;

                    case 0:
                    case 1 when value == Order:
                        bytes[kept++] = value;
                        _orderBytes = 0;
                        break;

                    default:
                        _orderBytes = 0;
                        break;
                }
            }

            return kept;
        }
    }
}
