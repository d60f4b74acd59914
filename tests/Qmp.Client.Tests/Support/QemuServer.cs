using System.Diagnostics;

namespace Qmp.Client.Tests.Support;

/// <summary>A real QEMU.</summary>
internal sealed class QemuServer : LiveServer
{
    private readonly Process _process;

    private QemuServer(string socket, Process process)
        : base(socket) => _process = process;

    public static QemuServer Start(string program, string socket, IEnumerable<string> words) =>
        new(socket, Process.Start(program, words));

    public override async ValueTask DisposeAsync()
    {
        using (_process)
        {
            if (!_process.HasExited) _process.Kill();
            await _process.WaitForExitAsync().Guarded();
        }
    }
}
