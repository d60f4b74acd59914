using Qmp.Conversations.Targets;
using Qmp.Emulator.Hosting;

namespace Qmp.Testing.Hosting;

/// <summary>An emulator inside this process, for conversations.</summary>
internal sealed class InProcessVm(HostedEmulator emulator, InProcessMonitors monitors, StandardErrorText errors) : ITargetVm
{
    public Task<int> Exit => emulator.Exit;

    public string StandardError => errors.Text;

    public ValueTask<ITargetConnection?> ConnectAsync(string path) => monitors.ConnectAsync(path);

    public void Kill() => emulator.Kill();

    public void Terminate() => emulator.Terminate();

    public ValueTask DisposeAsync() => emulator.DisposeAsync();
}
