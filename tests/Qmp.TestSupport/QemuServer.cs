using System.Diagnostics;

namespace Qmp.TestSupport;

/// <summary>A real QEMU.</summary>
public sealed class QemuServer : LiveServer
{
    // In its first moments two of QEMU's threads accept: a client that comes then may be greeted twice, or never.
    private static readonly TimeSpan FirstMoments = TimeSpan.FromMilliseconds(100);

    private readonly Process _process;

    private QemuServer(string socket, Process process)
        : base(socket) => _process = process;

    public static async Task<LiveServer> StartAsync(string program, string socket, IEnumerable<string> words)
    {
        var server = new QemuServer(socket, Process.Start(program, words));
        while (!File.Exists(socket) && !server._process.HasExited) await Task.Delay(FirstMoments / 10);
        await Task.Delay(FirstMoments);
        return server;
    }

    public override async ValueTask DisposeAsync()
    {
        using (_process)
        {
            if (!_process.HasExited) _process.Kill();
            await _process.WaitForExitAsync().Guarded();
        }
    }
}
