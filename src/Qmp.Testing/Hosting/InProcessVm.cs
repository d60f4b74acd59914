using Qmp.Conversations.Targets;
using Qmp.Emulator;
using Qmp.Emulator.Options;
using Qmp.Types;

namespace Qmp.Testing.Hosting;

/// <summary>An emulator inside this process.</summary>
internal sealed class InProcessVm : ITargetVm
{
    private const int Killed = -9;

    private readonly EmulatorInstance _emulator;
    private readonly EmulatorPorts _ports;
    private readonly InProcessMonitors _monitors;
    private readonly StandardErrorText _printed;
    private readonly TaskCompletionSource<int> _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private InProcessVm(
        EmulatorInstance emulator, EmulatorPorts ports, InProcessMonitors monitors, StandardErrorText printed)
    {
        _emulator = emulator;
        _ports = ports;
        _monitors = monitors;
        _printed = printed;
        Exit = RunAsync();
    }

    public Task<int> Exit { get; }

    public string StandardError => _printed.Text;

    /// <exception cref="CommandLineException">The command line asks for something that cannot be had.</exception>
    public static async ValueTask<InProcessVm> StartAsync(
        EmulatorInstance emulator,
        EmulatorOptions options,
        EmulatorPorts ports,
        InProcessMonitors monitors,
        StandardErrorText printed)
    {
        var vm = new InProcessVm(emulator, ports, monitors, printed);
        try
        {
            await emulator.StartAsync(options).ConfigureAwait(false);
            return vm;
        }
        catch
        {
            await vm.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask<ITargetConnection?> ConnectAsync(string path) => _monitors.ConnectAsync(path);

    public void Kill()
    {
        // A killed process says nothing more.
        _monitors.Cut();
        _killed.TrySetResult(Killed);
    }

    public void Terminate() => _emulator.RequestShutdown(ShutdownCause.HostSignal);

    public async ValueTask DisposeAsync()
    {
        Kill();
        await Exit.ConfigureAwait(false);
    }

    private async Task<int> RunAsync()
    {
        Task<int> end = await Task.WhenAny(_emulator.Completion, _killed.Task).ConfigureAwait(false);
        await _emulator.DisposeAsync().ConfigureAwait(false);
        _ports.Descriptors.Dispose();
        return await end.ConfigureAwait(false);
    }
}
