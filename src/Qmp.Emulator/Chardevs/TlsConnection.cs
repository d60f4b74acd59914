using Qmp.Protocol.Threading;
using Qmp.Protocol.Transport;
using Qmp.Tls;
using Qmp.Tls.Sessions;

namespace Qmp.Emulator.Chardevs;

/// <summary>A connection that is enciphered. Descriptors do not travel on it.</summary>
/// <param name="inner">What the enciphered bytes travel on; it is disposed of with this.</param>
/// <param name="session">Enciphers them; it is disposed of with this.</param>
internal sealed class TlsConnection(IConnection inner, TlsSession session) : IConnection
{
    private readonly Lock _sending = new(); // keeps records in the order in which they were enciphered

    public string Name => inner.Name;

    public long Backlog => inner.Backlog;

    public bool IsHungUp => inner.IsHungUp;

    /// <summary>Makes it usable.</summary>
    /// <returns>False if the peer has left, or is not waited for any more.</returns>
    /// <exception cref="TlsException">The handshake failed, or the peer is not let in.</exception>
    public async ValueTask<bool> HandshakeAsync()
    {
        while (true)
        {
            bool isDone;
            try
            {
                isDone = session.Handshake();
            }
            finally
            {
                Flush(); // the peer is told why it failed, too
            }

            if (isDone) return true;
            int received = await inner.ReceiveAsync(session.Room(), wakeable: false).ConfigureAwait(OrderedContext.IsCurrent);
            if (received <= 0) return false;
            session.Received(received);
        }
    }

    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, bool wakeable)
    {
        while (true)
        {
            int count = Decipher(buffer.Span);
            if (count >= 0) return count;
            int received = await inner.ReceiveAsync(session.Room(), wakeable).ConfigureAwait(OrderedContext.IsCurrent);
            if (received == IConnection.Woken) return received;
            session.Received(received);
        }
    }

    public ValueTask<bool> WaitForWakeAsync() => inner.WaitForWakeAsync();

    public void Wake() => inner.Wake();

    public void Send(ReadOnlySpan<byte> bytes)
    {
        lock (_sending)
        {
            try
            {
                session.Encipher(bytes);
            }
            catch (TlsException)
            {
                return; // the reader notices the end
            }

            Flush();
        }
    }

    public ValueTask DrainAsync(CancellationToken cancellationToken) => inner.DrainAsync(cancellationToken);

    public void StopReceiving() => inner.StopReceiving();

    public int TakeDescriptor()
    {
        int passed = inner.TakeDescriptor();
        if (passed >= 0) Qmp.Linux.Files.Close(passed);
        return -1;
    }

    public void Dispose()
    {
        lock (_sending)
        {
            session.End();
            Flush();
        }

        inner.Dispose();
        session.Dispose();
    }

    // A stream that was cut off, or is not TLS any more, has no more to say.
    private int Decipher(Span<byte> target)
    {
        try
        {
            return session.Decipher(target);
        }
        catch (TlsException)
        {
            return 0;
        }
    }

    private void Flush()
    {
        ReadOnlyMemory<byte> output = session.TakeOutput();
        if (!output.IsEmpty) inner.Send(output.Span);
    }
}
