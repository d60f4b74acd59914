using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Qmp.Benchmarks.Measuring;

/// <summary>
/// The same client for every server: bytes out, lines counted in. It understands nothing, so that the server is what
/// is measured.
/// </summary>
internal sealed class RawClient : IDisposable
{
    private static readonly byte[] StatusRequest = "{\"execute\":\"query-status\"}\n"u8.ToArray();

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[1 << 20];

    private RawClient(Socket socket) => _socket = socket;

    /// <summary>Connects, again and again until the server listens.</summary>
    public static RawClient Connect(string path)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(path));
                return new RawClient(socket);
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10))
            {
                socket.Dispose();
                Thread.Sleep(1);
            }
        }
    }

    /// <summary>Connects to a monitor and negotiates.</summary>
    public static RawClient Open(string path)
    {
        RawClient client = Connect(path);
        client.ReadLines(1);
        client.Ask("{\"execute\":\"qmp_capabilities\"}\n");
        return client;
    }

    public void Send(string text) => Send(Encoding.UTF8.GetBytes(text));

    /// <summary>Sends a line and waits for one.</summary>
    public void Ask(string text)
    {
        Send(text);
        ReadLines(1);
    }

    /// <summary>Waits for that many lines.</summary>
    public void ReadLines(int count)
    {
        while (count > 0) count -= Receive().Count((byte)'\n');
    }

    /// <summary>Asks for the status, without waiting.</summary>
    public void Request() => Send(StatusRequest);

    /// <summary>Which of the clients have something to read; waits until there is one.</summary>
    public static IReadOnlyList<int> WaitForAny(RawClient[] clients)
    {
        List<Socket> sockets = [.. clients.Select(c => c._socket)];
        Socket.Select(sockets, null, null, 10_000_000);
        var readable = new HashSet<Socket>(sockets);
        return [.. Enumerable.Range(0, clients.Length).Where(i => readable.Contains(clients[i]._socket))];
    }

    /// <summary>Asks for much, as far as the server takes it, and reads nothing.</summary>
    public void SendUntilFull()
    {
        byte[] request = "{\"execute\":\"query-commands\"}\n"u8.ToArray();
        _socket.SendTimeout = 200;
        try
        {
            for (int i = 0; i < 20_000; i++) _socket.Send(request);
        }
        catch (SocketException)
        {
            // It takes no more, or has thrown out who does not read.
        }
    }

    /// <summary>Asks for the status, one request after the other.</summary>
    /// <returns>How long each took, in microseconds.</returns>
    public Samples PingPong(int count)
    {
        var samples = new double[count];
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Send(StatusRequest);
            ReadLines(1);
            samples[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        return new Samples(samples);
    }

    /// <summary>Asks for the status with so many requests under way.</summary>
    /// <returns>Requests a second.</returns>
    public double Pipelined(int count, int depth)
    {
        byte[] requests = [.. Enumerable.Repeat(StatusRequest, depth).SelectMany(r => r)];
        int sent = depth;
        int answered = 0;
        long start = Stopwatch.GetTimestamp();
        Send(requests);
        while (answered < count)
        {
            int lines = Receive().Count((byte)'\n');
            answered += lines;
            int next = Math.Min(lines, count - sent);
            if (next <= 0) continue;
            sent += next;
            Send(requests.AsSpan(0, next * StatusRequest.Length));
        }

        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose() => _socket.Dispose();

    private void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[_socket.Send(bytes)..];
    }

    private ReadOnlySpan<byte> Receive()
    {
        int count = _socket.Receive(_buffer);
        return count > 0 ? _buffer.AsSpan(0, count) : throw new EndOfStreamException("The server left");
    }
}
