using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.Client;
using Qmp.Protocol.Json;
using Qmp.Protocol.Transport;

namespace Qmp.TestSupport;

/// <summary>A server that says and expects what a test tells it to, over memory.</summary>
public sealed class ScriptedPeer : IDisposable
{
    private readonly IConnection _transport;
    private readonly JsonMessageParser _parser = new();
    private readonly byte[] _chunk = new byte[64 << 10];
    private int _at;
    private int _end;
    private JObject? _peeked;

    public ScriptedPeer(IConnection transport) => _transport = transport;

    /// <summary>A peer and the endpoint that leads to it.</summary>
    public static (ScriptedPeer Peer, QmpEndpoint Endpoint) Create(int capacity = 1 << 18, bool byteByByte = false)
    {
        (MemoryConnection client, MemoryConnection server) = MemoryConnection.CreatePair("scripted", capacity);
        IConnection end = byteByByte ? new OneByteConnection(client) : client;
        return (new ScriptedPeer(server), QmpEndpoint.Over(end));
    }

    /// <summary>A peer and an open connection to it.</summary>
    public static async Task<(ScriptedPeer Peer, QmpConnection Connection)> ConnectAsync(
        QmpClientOptions? options = null, int capacity = 1 << 18, bool byteByByte = false)
    {
        (ScriptedPeer peer, QmpEndpoint endpoint) = Create(capacity, byteByByte);
        var connection = new QmpConnection(endpoint, options);
        await peer.AcceptAsync(connection);
        return (peer, connection);
    }

    /// <summary>Plays the usual beginning.</summary>
    public async Task AcceptAsync(QmpConnection connection)
    {
        Task opening = connection.OpenAsync();
        await AcceptAsync();
        await opening.Guarded();
    }

    /// <inheritdoc cref="AcceptAsync(QmpConnection)"/>
    public async Task AcceptAsync()
    {
        Greet();
        Return(await ExpectAsync("qmp_capabilities"));
    }

    public void Greet(string capabilities = "\"oob\"") => Send(
        "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 2, \"minor\": 0, \"major\": 10}, \"package\": \"test\"}, "
        + $"\"capabilities\": [{capabilities}]}}}}");

    /// <summary>Sends a message.</summary>
    public void Send(string json) => SendBytes(json + "\r\n");

    /// <summary>Sends text as it is.</summary>
    public void SendBytes(string text) => _transport.Send(Encoding.UTF8.GetBytes(text));

    public void Return(JObject request, JToken? result = null) =>
        Send(Print(new JObject { ["return"] = result ?? new JObject(), ["id"] = request["id"] }));

    public void Fail(JObject request, string description, string errorClass = "GenericError") =>
        Send(Print(new JObject
        {
            ["id"] = request["id"],
            ["error"] = new JObject { ["class"] = errorClass, ["desc"] = description },
        }));

    public void Raise(string name, JObject? data = null)
    {
        var message = new JObject
        {
            ["timestamp"] = new JObject { ["seconds"] = 1_700_000_000, ["microseconds"] = 250 },
            ["event"] = name,
        };
        if (data is not null) message["data"] = data;
        Send(Print(message));
    }

    /// <summary>Waits for the next request, and leaves it for <see cref="NextAsync"/>.</summary>
    public async Task<JObject> PeekAsync() => _peeked = await NextAsync();

    /// <summary>Waits for the next request, whatever it is.</summary>
    public async Task<JObject> NextAsync()
    {
        if (_peeked is { } peeked)
        {
            _peeked = null;
            return peeked;
        }

        while (true)
        {
            JsonParseOutcome outcome = _parser.Feed(_chunk.AsSpan(_at, _end - _at), out int consumed);
            _at += consumed;
            if (outcome == JsonParseOutcome.Message) return (JObject)_parser.Message.ToJToken(0);
            Assert.That(outcome, Is.EqualTo(JsonParseOutcome.NeedMore), _parser.Error);
            _at = 0;
            _end = 0;
            _end = await _transport.ReceiveAsync(_chunk, wakeable: false).Guarded();
            Assert.That(_end, Is.GreaterThan(0), "the client closed the connection");
        }
    }

    /// <summary>Waits for a certain command.</summary>
    public async Task<JObject> ExpectAsync(string command)
    {
        JObject request = await NextAsync();
        Assert.That((string?)(request["execute"] ?? request["exec-oob"]), Is.EqualTo(command));
        return request;
    }

    /// <summary>Waits for a certain command and answers it.</summary>
    public async Task<JObject> AnswerAsync(string command, JToken? result = null)
    {
        JObject request = await ExpectAsync(command);
        Return(request, result);
        return request;
    }

    /// <summary>Waits until the client has closed the connection, dropping what it sends.</summary>
    public async Task ExpectEndAsync()
    {
        while (await _transport.ReceiveAsync(_chunk, wakeable: false).Guarded() > 0)
        {
        }
    }

    public void Dispose()
    {
        _transport.Dispose();
        _parser.Dispose();
    }

    private static string Print(JToken token) => token.ToString(Newtonsoft.Json.Formatting.None);
}
