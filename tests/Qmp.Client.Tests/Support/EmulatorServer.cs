using Qmp.Emulator;
using Qmp.Emulator.CommandLine;
using Qmp.Protocol.Transport;
using Qmp.Server.Sessions;

namespace Qmp.Client.Tests.Support;

/// <summary>Our emulator, in this process.</summary>
internal sealed class EmulatorServer : LiveServer
{
    private readonly EmulatorInstance _emulator;

    private EmulatorServer(string socket, EmulatorInstance emulator)
        : base(socket) => _emulator = emulator;

    public static async Task<EmulatorServer> StartAsync(string socket, bool waitsForMigration)
    {
        var options = new EmulatorOptions
        {
            MemorySize = 64 << 20,
            Incoming = waitsForMigration ? "defer" : null,
        };
        var emulator = new EmulatorInstance(
            options, EmulatorPorts.Real(TimeProvider.System, Serilog.Core.Logger.None));
        emulator.AddMonitor(new MonitorOptions { Id = "compat_monitor0", Listener = SocketListener.Unix(socket) });
        await emulator.StartAsync(options);
        return new EmulatorServer(socket, emulator);
    }

    public override ValueTask DisposeAsync() => _emulator.DisposeAsync();
}
