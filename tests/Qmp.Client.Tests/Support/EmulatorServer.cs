using Qmp.Emulator;
using Qmp.Emulator.CommandLine;

namespace Qmp.Client.Tests.Support;

/// <summary>Our emulator, in this process.</summary>
internal sealed class EmulatorServer : LiveServer
{
    private readonly EmulatorInstance _emulator;

    private EmulatorServer(string socket, EmulatorInstance emulator)
        : base(socket) => _emulator = emulator;

    public static async Task<EmulatorServer> StartAsync(string socket, IReadOnlyList<string> words)
    {
        EmulatorOptions options = CommandLineParser.Parse([.. words]);
        var emulator = new EmulatorInstance(
            options, EmulatorPorts.Real(TimeProvider.System, Serilog.Core.Logger.None));
        await emulator.StartAsync(options);
        return new EmulatorServer(socket, emulator);
    }

    public override ValueTask DisposeAsync() => _emulator.DisposeAsync();
}
