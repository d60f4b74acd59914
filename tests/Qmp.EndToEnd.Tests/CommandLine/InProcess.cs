using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.Emulator;
using Qmp.Emulator.CommandLine;
using Qmp.Protocol.Transport;
using Qmp.Server.Sessions;
using Serilog.Core;

namespace Qmp.EndToEnd.Tests.CommandLine;

/// <summary>An emulator in this process, and a client of its monitor.</summary>
internal sealed class InProcess : IAsyncDisposable
{
    /// <summary>Only ever reached by a failure.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly EmulatorInstance _emulator;
    private readonly MemoryTransport _client;
    private readonly byte[] _buffer = new byte[1 << 16];
    private string _received = "";

    private InProcess(EmulatorInstance emulator, MemoryTransport client)
    {
        _emulator = emulator;
        _client = client;
    }

    /// <summary>Starts an emulator and negotiates.</summary>
    public static async Task<InProcess> StartAsync(params string[] words)
    {
        EmulatorOptions options = CommandLineParser.Parse(["-S", .. words]);
        var emulator = new EmulatorInstance(options, EmulatorPorts.Real(TimeProvider.System, Logger.None));
        await emulator.StartAsync(options);
        var listener = new MemoryListener("memory");
        emulator.AddMonitor(new MonitorOptions { Id = "memory", Listener = listener });
        var started = new InProcess(emulator, listener.Connect());
        await started.ReadAsync();
        await started.AskAsync("qmp_capabilities");
        return started;
    }

    /// <summary>The text of <c>desc</c> in the answer to a command.</summary>
    public async Task<string> RefusalAsync(string command, string arguments) =>
        (string)(await AskAsync(command, arguments))["error"]!["desc"]!;

    /// <summary>The result of a command.</summary>
    public async Task<JToken> ResultAsync(string command, string? arguments = null)
    {
        JObject answer = await AskAsync(command, arguments);
        return answer["return"] ?? throw new AssertionException(answer.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _emulator.DisposeAsync();
    }

    private async Task<JObject> AskAsync(string command, string? arguments = null)
    {
        string members = arguments is null ? "" : $", 'arguments': {arguments}";
        _client.Send(Encoding.UTF8.GetBytes($"{{ 'execute': '{command}'{members} }}"));
        JObject answer;
        do answer = await ReadAsync();
        while (answer.ContainsKey("event"));
        return answer;
    }

    private async Task<JObject> ReadAsync()
    {
        int end;
        while ((end = _received.IndexOf("\r\n", StringComparison.Ordinal)) < 0)
        {
            int count = await _client.ReceiveAsync(_buffer, wakeable: false).AsTask().WaitAsync(Patience);
            Assert.That(count, Is.GreaterThan(0), "the connection ended");
            _received += Encoding.Latin1.GetString(_buffer, 0, count);
        }

        string line = _received[..end];
        _received = _received[(end + 2)..];
        return JObject.Parse(line);
    }
}
