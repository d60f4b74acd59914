using System.Diagnostics;
using Qmp.Client;
using Qmp.Protocol.Transport;

namespace Demo;

/// <summary>A <c>qmpd</c> and the connection to its monitor.</summary>
internal sealed class EmulatorProcess : IAsyncDisposable
{
    private static readonly TimeSpan ExitTimeout = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    private EmulatorProcess(string name, Process process, QmpConnection monitor)
    {
        Name = name;
        _process = process;
        Monitor = monitor;
    }

    public string Name { get; }

    public QmpConnection Monitor { get; }

    public static async Task<EmulatorProcess> StartAsync(
        string name, string socket, IEnumerable<string> arguments, DemoScreen screen, CancellationToken stop)
    {
        string[] words = ["-qmp", $"unix:{socket},server=on,wait=off", .. arguments];
        screen.Line(name, $"$ qmpd {string.Join(' ', words)}");
        Process process = Process.Start(Find(), words);
        try
        {
            QmpEndpoint endpoint = QmpEndpoint.Custom(socket, async token => new ConversationTap(
                await AsyncSocketConnection.ConnectUnixAsync(socket, token), text => screen.Message(name, text)));
            var options = new QmpClientOptions { ConnectRetryInterval = TimeSpan.FromMilliseconds(10) };
            Task<QmpConnection> connecting = QmpConnection.ConnectAsync(endpoint, options, stop);
            Task exit = process.WaitForExitAsync(stop);
            if (await Task.WhenAny(connecting, exit) == exit)
            {
                throw new DemoException($"The {name} ended with status {process.ExitCode} before it could be reached.");
            }

            return new EmulatorProcess(name, process, await connecting);
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    /// <summary>Ends the emulator by <c>quit</c>, or less politely if that does not help.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(ExitTimeout);
            if (Monitor.IsOpen) await Monitor.ExecuteUntilDisconnectAsync("quit", cancellationToken: limit.Token);
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (Exception e) when (e is QmpException or OperationCanceledException)
        {
            _process.Kill();
        }

        await Monitor.DisposeAsync();
        _process.Dispose();
    }

    // Programs are built side by side: bin/demo/release, bin/qmpd/release.
    private static string Find()
    {
        string here = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
        string path = Path.Combine(here, "..", "..", "qmpd", Path.GetFileName(here), "qmpd");
        return File.Exists(path) ? path : throw new DemoException($"There is no {Path.GetFullPath(path)}: build it first.");
    }
}
