using Qmp.Interop.Emulators;
using Qmp.Interop.Proxy;
using Qmp.TestSupport;
using Qmp.Types;

namespace Qmp.Interop.Kills;

/// <summary>Migrates to a point, kills one end there, and looks at the other.</summary>
internal sealed class KillRun : IDisposable
{
    // The header takes 17 bytes, the return path 13, the list of RAM blocks 49 and its frame 18.
    private const int WithinSetup = 17 + 13 + 40;
    private const int WithinPages = 3_000_000;

    private static readonly byte[] Image = MemoryImage.Create(seed: 7);

    private readonly KillCase _case;
    private readonly Pair _pair;
    private readonly TemporaryFolder _folder = new();

    private KillRun(KillCase @case, Pair pair)
    {
        _case = @case;
        _pair = pair;
    }

    private string Listening => _folder.File("stream");

    private string Proxied => _folder.File("proxy");

    // A destination that is dead when the proxy connects looks to the source as if it died at that moment.
    private bool IsBeforeTheStream =>
        _case.Point == KillPoint.Listen || _case is { Point: KillPoint.Connect, Victim: MigrationEnd.Destination };

    private StreamStop Stop => _case.Point switch
    {
        KillPoint.Connect => new StreamStop.AfterBytes(0),
        KillPoint.Setup => new StreamStop.AfterBytes(WithinSetup),
        KillPoint.Active => new StreamStop.AfterBytes(WithinPages),
        KillPoint.Device => new StreamStop.AfterSwitchoverStart(),
        KillPoint.BeforeShut => new StreamStop.BeforeShut(),
        KillPoint.AfterShut => new StreamStop.AfterShut(),
        _ => throw new InvalidOperationException(),
    };

    /// <exception cref="InteropException">An end did not get that far, or guest memory has changed.</exception>
    public static async Task<KillOutcome> RunAsync(KillCase @case, Pair pair)
    {
        using var run = new KillRun(@case, pair);
        return await run.RunAsync().ConfigureAwait(false);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<KillOutcome> RunAsync()
    {
        await File.WriteAllBytesAsync(_folder.File("image"), Image).ConfigureAwait(false);
        await using EmulatorProcess source = await EmulatorProcess.StartAsync(
            _pair.Source, "src", _folder, "-device", $"loader,file={_folder.File("image")},addr=0,force-raw=on")
            .ConfigureAwait(false);
        await using EmulatorProcess destination = await EmulatorProcess.StartAsync(
            _pair.Destination, "dst", _folder, "-incoming", "defer").ConfigureAwait(false);
        (EmulatorProcess victim, EmulatorProcess survivor) =
            _case.Victim == MigrationEnd.Source ? (source, destination) : (destination, source);

        await source.SwitchOnAsync(MigrationCapability.ReturnPath).ConfigureAwait(false);

        // What follows after the guest has been stopped is short then, and never waits for a reader.
        await source.Migration.MigrateSetParametersAsync(new() { DowntimeLimit = 0 }).ConfigureAwait(false);
        await destination.SwitchOnAsync(MigrationCapability.ReturnPath).ConfigureAwait(false);
        await destination.Migration.MigrateIncomingAsync(new()
        {
            Uri = $"unix:{Listening}", ExitOnError = _case.ExitsOnError ? null : false,
        }).ConfigureAwait(false);
        await using StreamProxy? proxy =
            _case.Point == KillPoint.Listen ? null : new StreamProxy(Proxied, Listening, Stop);
        string uri = $"unix:{(proxy is null ? Listening : Proxied)}";
        if (IsBeforeTheStream)
        {
            await victim.KillAsync().ConfigureAwait(false);
            if (survivor == destination) return await LookAtAsync(survivor).ConfigureAwait(false);
            await source.Migration.MigrateAsync(new() { Uri = uri }).ConfigureAwait(false);
        }
        else
        {
            await source.Migration.MigrateAsync(new() { Uri = uri }).ConfigureAwait(false);
            await proxy!.Stopped.WaitAsync(EventLog.Patience).ConfigureAwait(false);
            await source.Events.WhenAsync(
                _case.Point < KillPoint.Device ? MigrationStatus.Active : MigrationStatus.Device).ConfigureAwait(false);
            await victim.KillAsync().ConfigureAwait(false);
            proxy.Cut();
        }

        await survivor.Events.WhenEndedAsync().ConfigureAwait(false);
        return await LookAtAsync(survivor).ConfigureAwait(false);
    }

    private async Task<KillOutcome> LookAtAsync(EmulatorProcess survivor)
    {
        MigrationStatus? last = survivor.Events.LastStatus;
        if (last == MigrationStatus.Failed && _case.Victim == MigrationEnd.Source && _case.ExitsOnError)
        {
            int exit = await survivor.Exit.WaitAsync(EventLog.Patience).ConfigureAwait(false);
            return new KillOutcome(last.Value, null, exit, null);
        }

        RunState state = await survivor.QuerySettledRunStateAsync().ConfigureAwait(false);
        MigrationInfo info = await survivor.QueryMigrateAsync().ConfigureAwait(false);
        if (_case.Victim == MigrationEnd.Destination || info.Status == MigrationStatus.Completed)
        {
            await survivor.RequireMemoryAsync(Image).ConfigureAwait(false);
        }

        if (survivor.Exit.IsCompleted) throw new InteropException($"{survivor} has exited");
        string? error = info.ErrorDesc?.Replace(_folder.Path, "", StringComparison.Ordinal);
        return new KillOutcome(info.Status!.Value, state, null, error);
    }
}
