using System.Diagnostics;
using Qmp.StreamJsonRpc.Tests.Support;
using Rpc = StreamJsonRpc.JsonRpc;

namespace Qmp.StreamJsonRpc.Tests.JsonRpc;

/// <summary>Two of them, one on each side of QMP.</summary>
internal sealed class ClientAndServer : IDisposable
{
    private ClientAndServer(Rpc server, Rpc client)
    {
        Server = server;
        Client = client;
    }

    public Rpc Server { get; }

    public Rpc Client { get; }

    public static async Task<ClientAndServer> ConnectAsync(object commands, object? eventTarget = null)
    {
        (DuplexStream own, DuplexStream other) = DuplexStream.CreatePair();
        Rpc server = QmpJsonRpc.Serve(own, commands, new QmpServerHandlerOptions { Time = TimeProvider.System });
        Rpc client = await QmpJsonRpc.ConnectAsync(other, eventTarget: eventTarget);
        return new ClientAndServer(server, client);
    }

    /// <summary>Collects the trace of one side.</summary>
    public static List<string> Trace(Rpc rpc)
    {
        var listener = new Listener();
        rpc.TraceSource.Switch.Level = SourceLevels.Verbose;
        rpc.TraceSource.Listeners.Add(listener);
        return listener.Lines;
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }

    private sealed class Listener : TraceListener
    {
        public List<string> Lines { get; } = [];

        public override void Write(string? message)
        {
        }

        public override void WriteLine(string? message)
        {
            lock (Lines) Lines.Add(message ?? "");
        }
    }
}
