using System.Diagnostics;
using Qmp.Api;
using Qmp.Client;
using Qmp.TestSupport;
using Qmp.Types;

namespace Qmp.Benchmarks.Measuring;

/// <summary>Whole migrations of one kind, each between two processes of the same program, on a machine without devices.</summary>
internal sealed record MigrationRun
{
    private const long Unlimited = 100_000_000_000; // bytes a second: faster than anything here

    private static readonly QmpClientOptions ClientOptions = new()
    {
        ConnectRetryInterval = TimeSpan.FromMilliseconds(2),
        ConnectTimeout = TimeSpan.FromSeconds(60),
    };

    /// <summary>Guest memory, in MiB.</summary>
    public required int Megabytes { get; init; }

    /// <summary>Further words of the source's command line.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Further words of the destination's.</summary>
    public IReadOnlyList<string> DestinationWords { get; init; } = [];

    /// <summary>
    /// Whether the destination has touched its memory before: what a first touch takes changes from run to run where a host
    /// gives a machine its memory only then.
    /// </summary>
    public bool IsWarm { get; init; }

    /// <summary>Capabilities of both ends, beyond <c>events</c>.</summary>
    public IReadOnlyList<MigrationCapability> Capabilities { get; init; } = [];

    /// <summary>Parameters of both ends; <c>max-bandwidth</c> is unlimited if nothing is said of it.</summary>
    public MigrateSetParameters Parameters { get; init; } = new();

    /// <summary>Whether it goes over TCP on loopback, and not over a Unix socket.</summary>
    public bool UsesTcp { get; init; }

    /// <summary>The folder of the file in which the machine is saved; <see langword="null"/> to migrate it over a Unix socket.</summary>
    public string? SavedIn { get; init; }

    /// <summary>What happens to the source while it migrates, after the command.</summary>
    public Func<QmpConnection, Task> Meanwhile { get; init; } = _ => Task.CompletedTask;

    /// <summary>Migrates once.</summary>
    /// <returns>Seconds from the command to the event that says that it is complete.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public async Task<double> SecondsAsync(string program)
    {
        using var folder = new TemporaryFolder();
        using ServerProcess from = Start(program, folder.File("from"), Words);
        QmpConnection source = await ConnectAsync(folder.File("from")).ConfigureAwait(false);
        await using var closesSource = source.ConfigureAwait(false);
        if (SavedIn is not null)
        {
            string file = Path.Combine(SavedIn, Path.GetFileName(folder.Path));
            try
            {
                return await MigrateAsync(program, source, $"file:{file}").ConfigureAwait(false);
            }
            finally
            {
                File.Delete(file);
            }
        }

        using ServerProcess to = Start(program, folder.File("to"), ["-incoming", "defer", .. IsWarm ? ["-mem-prealloc"] : (string[])[], .. DestinationWords]);
        QmpConnection destination = await ConnectAsync(folder.File("to")).ConfigureAwait(false);
        await using var closesDestination = destination.ConfigureAwait(false);
        string uri = UsesTcp ? "tcp:127.0.0.1:0" : $"unix:{folder.File("stream")}";
        var incoming = new MigrationClient(destination);
        await incoming.MigrateIncomingAsync(new() { Uri = uri }).ConfigureAwait(false);
        if (UsesTcp)
        {
            MigrationInfo info = await incoming.QueryMigrateAsync(new()).ConfigureAwait(false);
            if (info.SocketAddress is [SocketAddress.Inet inet]) uri = $"tcp:127.0.0.1:{inet.Value.Port}";
        }

        return await MigrateAsync(program, source, uri).ConfigureAwait(false);
    }

    private async Task<double> MigrateAsync(string program, QmpConnection source, string uri)
    {
        long start = Stopwatch.GetTimestamp();
        Task<QmpEvent> ending = source.ExecuteAndWaitAsync(
            "migrate",
            new() { ["uri"] = uri },
            e => e.Name == "MIGRATION" && (string?)e.Data?["status"] is "completed" or "failed",
            TimeSpan.FromSeconds(120));
        await Meanwhile(source).ConfigureAwait(false);
        QmpEvent end = await ending.ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return (string?)end.Data?["status"] == "completed"
            ? seconds
            : throw new InvalidOperationException($"{program}: the migration failed");
    }

    private ServerProcess Start(string program, string socket, IEnumerable<string> words) =>
        ServerProcess.Start(program, Programs.Words(socket, ["-m", $"{Megabytes}M", .. words]));

    private async Task<QmpConnection> ConnectAsync(string socket)
    {
        QmpConnection monitor = await QmpConnection.ConnectUnixAsync(socket, ClientOptions).ConfigureAwait(false);
        await new MigrationClient(monitor).MigrateSetCapabilitiesAsync(new()
        {
            Capabilities = [.. Capabilities.Prepend(MigrationCapability.Events).Select(c => new MigrationCapabilityStatus { Capability = c, State = true })],
        }).ConfigureAwait(false);
        await new MigrationClient(monitor).MigrateSetParametersAsync(Parameters with { MaxBandwidth = Parameters.MaxBandwidth ?? Unlimited }).ConfigureAwait(false);
        return monitor;
    }
}
