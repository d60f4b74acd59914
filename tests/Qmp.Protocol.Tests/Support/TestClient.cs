using System.Text;
using Qmp.Protocol.Transport;

namespace Qmp.Protocol.Tests.Support;

/// <summary>The client's end of a connection: sends bytes, reads whole messages as text.</summary>
internal sealed class TestClient(IConnection transport) : IDisposable
{
    /// <summary>Only ever reached by a failure.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly byte[] _buffer = new byte[1 << 16];
    private string _text = "";
    private int _at;
    private bool _ended;

    public IConnection Transport => transport;

    public void Send(string text) => Send(Encoding.UTF8.GetBytes(text));

    public void Send(ReadOnlySpan<byte> bytes) => transport.Send(bytes);

    /// <summary>One message with its line end, compact or pretty; empty at the end of the connection.</summary>
    public async Task<string> ReadAsync()
    {
        while (true)
        {
            int length = MessageLength(_text.AsSpan(_at));
            if (length > 0)
            {
                _at += length;
                return _text.Substring(_at - length, length);
            }

            if (_ended) return "";
            await ReceiveAsync();
        }
    }

    /// <summary>Everything up to the end of the connection.</summary>
    public async Task<string> ReadToEndAsync()
    {
        while (!_ended) await ReceiveAsync();
        return _text[_at..];
    }

    /// <summary>Reads the greeting and negotiates.</summary>
    public async Task<TestClient> NegotiateAsync(bool outOfBand = false)
    {
        await ReadAsync();
        string enable = outOfBand ? "\"oob\"" : "";
        Send($"{{\"execute\":\"qmp_capabilities\",\"arguments\":{{\"enable\":[{enable}]}}}}");
        Assert.That(await ReadAsync(), Is.EqualTo("{\"return\": {}}\r\n"));
        return this;
    }

    /// <summary>Sends and reads one message.</summary>
    public Task<string> AskAsync(string text)
    {
        Send(text);
        return ReadAsync();
    }

    public void Dispose() => transport.Dispose();

    private static int MessageLength(ReadOnlySpan<char> text)
    {
        string end = text.StartsWith("{\r\n", StringComparison.Ordinal) ? "\n}\r\n" : "\r\n";
        int at = text.IndexOf(end, StringComparison.Ordinal);
        return at < 0 ? 0 : at + end.Length;
    }

    private async Task ReceiveAsync()
    {
        // A blocking transport must not hold the test's thread for ever.
        Task<int> receiving = Task.Run(() => transport.ReceiveAsync(_buffer, wakeable: false).AsTask());
        int received = await receiving.WaitAsync(Patience);
        _ended = received == 0;
        _text = string.Concat(_text.AsSpan(_at), Encoding.Latin1.GetString(_buffer, 0, received));
        _at = 0;
    }
}
