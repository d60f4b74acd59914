using System.Text;

namespace Qmp.StreamJsonRpc.Tests.Support;

/// <summary>The other end of a handler's connection: says and hears bytes.</summary>
internal sealed class Peer : IDisposable
{
    public const string Greeting =
        """{"QMP": {"version": {"qemu": {"micro": 2, "minor": 0, "major": 10}, "package": "p"}, """
        + "\"capabilities\": [\"oob\"]}}";

    public const string Negotiation =
        """{"execute": "qmp_capabilities", "arguments": {"enable": ["oob"]}, "id": "qmp_capabilities"}""";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly StringBuilder _heard = new();

    private Peer(DuplexStream stream, DuplexStream other)
    {
        Stream = stream;
        Other = other;
    }

    public DuplexStream Stream { get; }

    /// <summary>The end that is to be tested.</summary>
    public DuplexStream Other { get; }

    public static Peer Create()
    {
        (DuplexStream own, DuplexStream other) = DuplexStream.CreatePair();
        return new Peer(own, other);
    }

    /// <summary>A client's handler behind greeting and negotiation.</summary>
    public async Task<QmpMessageHandler> ConnectedAsync(QmpHandlerOptions? options = null)
    {
        Task<QmpMessageHandler> connecting = QmpMessageHandler.ConnectAsync(Other, options);
        await SayAsync(Greeting);
        await HearAsync();
        await SayAsync("""{"return": {}, "id": "qmp_capabilities"}""");
        return await connecting.WaitAsync(Patience);
    }

    public async Task SayAsync(string text)
    {
        await Stream.WriteAsync(Encoding.UTF8.GetBytes(text + "\r\n"));
        await Stream.FlushAsync();
    }

    /// <summary>The next line, without its end; empty when the handler closed the connection.</summary>
    public async Task<string> HearAsync()
    {
        var buffer = new byte[4096];
        while (true)
        {
            string heard = _heard.ToString();
            int end = heard.IndexOf("\r\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                _heard.Remove(0, end + 2);
                return heard[..end];
            }

            int count = await Stream.ReadAsync(buffer).AsTask().WaitAsync(Patience);
            if (count == 0) return "";
            _heard.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
    }

    public void Dispose() => Stream.Dispose();
}
