using Qmp.Testing;

namespace Qmp.TestSupport;

/// <summary>Our emulator, in this process.</summary>
public sealed class EmulatorServer : LiveServer
{
    private readonly TestVm _vm;

    private EmulatorServer(string socket, TestVm vm)
        : base(socket) => _vm = vm;

    public static async Task<EmulatorServer> StartAsync(string socket, string[] words) =>
        new(socket, await TestVm.StartAsync(words));

    public override ValueTask DisposeAsync() => _vm.DisposeAsync();
}
