using Newtonsoft.Json.Linq;
using Qmp.Interop.Emulators;
using Qmp.Interop.Proxy;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Interop.Control;

/// <summary>One migration that a <see cref="ControlScript"/> leads, and what clients of its two ends saw of it.</summary>
internal sealed class ControlRun : IAsyncDisposable
{
    private static readonly byte[] Image = MemoryImage.Create(seed: 8);

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _notes = [];
    private StreamProxy? _proxy;

    private ControlRun()
    {
    }

    /// <summary>Where the guest is at first.</summary>
    public EmulatorProcess Source { get; private set; } = null!;

    /// <summary>Where it shall go.</summary>
    public EmulatorProcess Destination { get; private set; } = null!;

    /// <summary>Where the destination listens.</summary>
    public string Uri => $"unix:{_folder.File("stream")}";

    /// <summary>Leads a migration and says what there was to see.</summary>
    public static async Task<ControlTranscript> RunAsync(ControlScript script, Pair pair)
    {
        await using var run = new ControlRun();
        await run.StartAsync(script, pair);
        await script.LeadAsync(run);
        return new ControlTranscript(
            [.. run._notes], await run.DescribeAsync(run.Source), await run.DescribeAsync(run.Destination));
    }

    public async ValueTask DisposeAsync()
    {
        if (_proxy is not null) await _proxy.DisposeAsync();
        if (Source is not null) await Source.DisposeAsync();
        if (Destination is not null) await Destination.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Begins.</summary>
    public async Task MigrateAsync() => await Source.Migration.MigrateAsync(new() { Uri = Uri });

    /// <summary>Begins, by way of a proxy that stops there.</summary>
    public async Task MigrateAsync(StreamStop stop)
    {
        _proxy = new StreamProxy(_folder.File("proxy"), _folder.File("stream"), stop);
        await Source.Migration.MigrateAsync(new() { Uri = $"unix:{_folder.File("proxy")}" });
        await _proxy.Stopped.WaitAsync(EventLog.Patience);
    }

    /// <summary>Ends the connection.</summary>
    public void Cut() => _proxy?.Cut();

    /// <summary>Sets the source's rate, in bytes a second.</summary>
    public async Task SetBandwidthAsync(ulong bandwidth) =>
        await Source.Migration.MigrateSetParametersAsync(new() { MaxBandwidth = bandwidth });

    /// <summary>Waits until both ends have seen the end of the migration.</summary>
    public async Task EndAsync()
    {
        await Source.Events.WhenEndedAsync();
        await Destination.Events.WhenEndedAsync();
    }

    /// <summary>Keeps what <c>query-migrate</c> shows now: the status and the names of members.</summary>
    public async Task NoteAsync(EmulatorProcess emulator)
    {
        var info = (JObject)await emulator.Monitor.ExecuteRawAsync("query-migrate");
        string members = string.Join(' ', info.Properties().Select(p => p.Name));
        _notes.Add($"{emulator.Role}: {info["status"]}, {await emulator.QueryRunStateAsync()}: {members}");
    }

    /// <summary>Keeps that something is so.</summary>
    public void Note(string text) => _notes.Add(text);

    private async Task StartAsync(ControlScript script, Pair pair)
    {
        await File.WriteAllBytesAsync(_folder.File("image"), Image);
        string[] content = ["-device", $"loader,file={_folder.File("image")},addr=0,force-raw=on"];
        Source = await EmulatorProcess.StartAsync(pair.Source, "src", _folder, content);
        Destination = await EmulatorProcess.StartAsync(pair.Destination, "dst", _folder, "-incoming", "defer");
        await Source.SwitchOnAsync(script.Capabilities);
        await Destination.SwitchOnAsync(script.Capabilities);

        // Else it depends on the machine's speed how often the dirty log is synced.
        await Source.Migration.MigrateSetParametersAsync(new() { DowntimeLimit = 0 });
        await Destination.Migration.MigrateIncomingAsync(new() { Uri = Uri, ExitOnError = false });
    }

    private async Task<IReadOnlyList<string>> DescribeAsync(EmulatorProcess emulator)
    {
        if (emulator.Exit.IsCompleted) return ["killed"];
        RunState state = await emulator.QuerySettledRunStateAsync();
        var info = (JObject)await emulator.Monitor.ExecuteRawAsync("query-migrate");
        if (emulator == Source) await emulator.RequireMemoryAsync(Image);
        string members = string.Join(' ', info.Properties().Select(p => p.Name));
        return
        [
            .. emulator.Events.Texts, $"run state {state}", $"query-migrate {members}", $"status {info["status"]}",
            $"error-desc {info["error-desc"]}".Replace(_folder.Path, "", StringComparison.Ordinal),
        ];
    }
}
