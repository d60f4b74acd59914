using Qmp.Client;

namespace Qmp.TestSupport;

/// <summary>A server with a machine behind it: 64 MiB of memory, no devices.</summary>
public abstract class LiveServer(string socket) : IAsyncDisposable
{
    /// <summary>Its monitor.</summary>
    public QmpEndpoint Endpoint { get; } = QmpEndpoint.Unix(socket);

    /// <summary>Starts one.</summary>
    /// <param name="kind">What it is; the test is skipped if it is not to be had.</param>
    /// <param name="socket">Where its monitor is to listen.</param>
    /// <param name="waitsForMigration">Whether it is to be a destination.</param>
    /// <param name="more">Further words of its command line.</param>
    public static async Task<LiveServer> StartAsync(
        ServerKind kind, string socket, bool waitsForMigration = false, params string[] more)
    {
        // The same words for all.
        string[] words =
        [
            "-M", "none", "-nodefaults", "-display", "none", "-m", "64M", "-qmp", $"unix:{socket},server=on,wait=off",
            .. (string[])(waitsForMigration ? ["-incoming", "defer"] : []), .. more,
        ];
        return kind switch
        {
            ServerKind.Qemu => await QemuServer.StartAsync(Qemu.Require(), socket, words),
            ServerKind.OlderQemu => await QemuServer.StartAsync(Qemu.RequireOlder(), socket, words),
            _ => await EmulatorServer.StartAsync(socket, words),
        };
    }

    /// <summary>Connects, waiting for the monitor to come up.</summary>
    public Task<QmpConnection> ConnectAsync() => QmpConnection.ConnectAsync(
        Endpoint,
        new() { ConnectRetryInterval = TimeSpan.FromMilliseconds(10), ConnectTimeout = TimeSpan.FromSeconds(30) });

    public abstract ValueTask DisposeAsync();
}
