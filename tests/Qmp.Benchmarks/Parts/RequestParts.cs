using System.Text;
using BenchmarkDotNet.Attributes;
using Qmp.Emulator.Hosting;
using Qmp.Emulator.Options;
using Qmp.Protocol.Transport;
using Qmp.Server.Sessions;
using Serilog.Core;

namespace Qmp.Benchmarks.Parts;

/// <summary>Requests to a whole emulator in this process, over memory: what the server itself takes and allocates.</summary>
[MemoryDiagnoser]
[InProcess]
public class RequestParts
{
    private readonly byte[] _buffer = new byte[1 << 20];
    private readonly byte[] _status = Encoding.UTF8.GetBytes("{\"execute\":\"query-status\",\"id\":1}");
    private readonly byte[] _parameters = Encoding.UTF8.GetBytes("{\"execute\":\"query-migrate-parameters\"}");
    private readonly byte[] _set = Encoding.UTF8.GetBytes(
        "{\"execute\":\"migrate-set-parameters\",\"arguments\":{\"downtime-limit\":300,\"max-bandwidth\":134217728}}");

    private EmulatorInstance _emulator = null!;
    private MemoryConnection _client = null!;

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        EmulatorOptions options = CommandLineParser.Parse(["-M", "none", "-m", "16M"]);
        _emulator = new EmulatorInstance(options, EmulatorPorts.Real(TimeProvider.System, Logger.None, _ => { }));
        await _emulator.StartAsync().ConfigureAwait(false);
        var listener = new MemoryListener("benchmark");
        _emulator.AddMonitor(new MonitorOptions { Id = "benchmark", Connections = listener });
        _client = listener.Connect();
        await ReadLineAsync().ConfigureAwait(false);
        await AskAsync(Encoding.UTF8.GetBytes("{\"execute\":\"qmp_capabilities\"}")).ConfigureAwait(false);
    }

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        _client.Dispose();
        await _emulator.DisposeAsync().ConfigureAwait(false);
    }

    [Benchmark]
    public ValueTask QueryStatus() => AskAsync(_status);

    [Benchmark]
    public ValueTask SetParameters() => AskAsync(_set);

    [Benchmark]
    public ValueTask QueryParameters() => AskAsync(_parameters);

    private ValueTask AskAsync(byte[] request)
    {
        _client.Send(request);
        return ReadLineAsync();
    }

    private async ValueTask ReadLineAsync()
    {
        while (true)
        {
            int count = await _client.ReceiveAsync(_buffer, wakeable: false).ConfigureAwait(false);
            if (count == 0) throw new EndOfStreamException("The server left");
            if (_buffer.AsSpan(0, count).Contains((byte)'\n')) return;
        }
    }
}
