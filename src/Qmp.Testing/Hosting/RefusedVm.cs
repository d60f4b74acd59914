using Qmp.Conversations.Targets;
using Qmp.Emulator.Hosting;

namespace Qmp.Testing.Hosting;

/// <summary>An emulator that did not like its command line.</summary>
internal sealed class RefusedVm(StandardErrorText printed) : ITargetVm
{
    public Task<int> Exit { get; } = Task.FromResult(1);

    public string StandardError => printed.Text;

    public ValueTask<ITargetConnection?> ConnectAsync(string path) => default;

    public void Kill()
    {
    }

    public void Terminate()
    {
    }

    public ValueTask DisposeAsync() => default;
}
