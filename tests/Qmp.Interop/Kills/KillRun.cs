using Qmp.Interop.Emulators;
using Qmp.Interop.Proxy;
using Qmp.TestSupport;
using Qmp.Types;

namespace Qmp.Interop.Kills;

/// <summary>Migrates to a point, kills one end or cuts a channel there, and looks at what is left.</summary>
internal sealed class KillRun : IDisposable
{
    // The header takes 17 bytes, the return path 13, the list of RAM blocks 49 and its frame 18.
    private const int WithinSetup = 17 + 13 + 40;
    private const int WithinPages = 3_000_000;
    private const int Greeting = 64; // of a channel
    private const int Waiting = 100_000; // of a channel that is not read: pages, but fewer than a socket takes
    private const int Channels = 2;
    private const int Channel = 1; // that is stopped, or cut
    private const int LastBarrier = 3; // after the setup, after the round through memory, and after the guest has been stopped

    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(5);
    private static readonly byte[] Image = MemoryImage.Create(seed: 7);

    private readonly KillCase _case;
    private readonly Pair _pair;
    private readonly Func<MigrationEnd, TimeSpan> _patienceOf;
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<EmulatorProcess, int> _seen = []; // how many events came before the end that counts

    private KillRun(KillCase @case, Pair pair, Func<MigrationEnd, TimeSpan> patienceOf)
    {
        _case = @case;
        _pair = pair;
        _patienceOf = patienceOf;
    }

    // Most of the memory is left whenever somebody looks, unless all that the run waits for comes at the end.
    private MigrateSetParameters SlowPostcopy => new()
    {
        MaxBandwidth = 8 << 20, MaxPostcopyBandwidth = _case.Point is KillPoint.Postcopy or KillPoint.Recovery ? 4UL << 20 : 0,
    };

    private string Listening => _folder.File("stream");

    private string Proxied => _folder.File("proxy");

    // A destination that is dead when the proxy connects looks to the source as if it died at that moment.
    private bool IsBeforeTheStream =>
        _case.Point == KillPoint.Listen || _case is { Point: KillPoint.Connect, Victim: KillVictim.Destination };

    private StreamStop? Stop => _case.Point switch
    {
        KillPoint.Connect => new StreamStop.AfterBytes(0),
        KillPoint.Arrival => new StreamStop.BeforeConnecting(Channel),
        KillPoint.Greeting => new StreamStop.AfterBytes(0, Channel, Waiting),
        KillPoint.Setup when _case.Victim == KillVictim.Channel => new StreamStop.AfterBytes(Greeting, Channel, Waiting),
        KillPoint.Setup => new StreamStop.AfterBytes(WithinSetup),
        KillPoint.Active => new StreamStop.AfterBytes(WithinPages, _case.Kind == KillKind.Multifd ? Channel : null),
        KillPoint.Device => new StreamStop.AfterSwitchoverStart(),
        KillPoint.Barrier => new StreamStop.WithinBarrier(Channel, LastBarrier),
        KillPoint.Package => new StreamStop.BeforePackage(),
        KillPoint.BeforeShut => new StreamStop.BeforeShut(),
        KillPoint.AfterShut => new StreamStop.AfterShut(),
        KillPoint.Postcopy or KillPoint.Recovery => null,
        _ => throw new InvalidOperationException(),
    };

    private MigrationCapability[] Capabilities => _case.Kind switch
    {
        KillKind.Multifd => [MigrationCapability.ReturnPath, MigrationCapability.Multifd],
        KillKind.Postcopy => [MigrationCapability.ReturnPath, MigrationCapability.PostcopyRam],
        _ => [MigrationCapability.ReturnPath],
    };

    private bool GoesAhead => _case.Kind == KillKind.Postcopy && _case.Point != KillPoint.Active;

    /// <param name="case">What is killed, and when.</param>
    /// <param name="pair">Who migrates to whom.</param>
    /// <param name="patienceOf">How long an end has to come to one; then it counts that it does not.</param>
    /// <returns>What becomes of each end that lives.</returns>
    /// <exception cref="InteropException">An end did not get that far, guest memory has changed, or both guests run.</exception>
    public static async Task<IReadOnlyDictionary<MigrationEnd, KillOutcome>> RunAsync(
        KillCase @case, Pair pair, Func<MigrationEnd, TimeSpan> patienceOf)
    {
        using var run = new KillRun(@case, pair, patienceOf);
        return await run.RunAsync().ConfigureAwait(false);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<IReadOnlyDictionary<MigrationEnd, KillOutcome>> RunAsync()
    {
        await File.WriteAllBytesAsync(_folder.File("image"), Image).ConfigureAwait(false);
        await using EmulatorProcess source = await EmulatorProcess.StartAsync(
            _pair.Source, "src", _folder, "-device", $"loader,file={_folder.File("image")},addr=0,force-raw=on")
            .ConfigureAwait(false);
        await using EmulatorProcess destination = await EmulatorProcess.StartAsync(
            _pair.Destination, "dst", _folder, "-incoming", "defer").ConfigureAwait(false);
        await PrepareAsync(source).ConfigureAwait(false);
        await PrepareAsync(destination).ConfigureAwait(false);

        // What follows after the guest has been stopped is short then, and never waits for a reader.
        await source.Migration.MigrateSetParametersAsync(new() { DowntimeLimit = 0 }).ConfigureAwait(false);
        if (GoesAhead) await source.Migration.MigrateSetParametersAsync(SlowPostcopy).ConfigureAwait(false);
        await destination.Migration.MigrateIncomingAsync(new()
        {
            Uri = $"unix:{Listening}", ExitOnError = _case.ExitsOnError ? null : false,
        }).ConfigureAwait(false);
        await using StreamProxy? proxy =
            _case.Point == KillPoint.Listen ? null : new StreamProxy(Proxied, Listening, Stop);
        string uri = $"unix:{(proxy is null ? Listening : Proxied)}";
        if (IsBeforeTheStream)
        {
            await (_case.Victim == KillVictim.Source ? source : destination).KillAsync().ConfigureAwait(false);
            if (_case.Victim == KillVictim.Destination)
            {
                await source.Migration.MigrateAsync(new() { Uri = uri }).ConfigureAwait(false);
            }
        }
        else
        {
            await source.Migration.MigrateAsync(new() { Uri = uri }).ConfigureAwait(false);
            if (GoesAhead) await GoAheadAsync(source).ConfigureAwait(false);
            await WhenReachedAsync(proxy!, source, destination).ConfigureAwait(false);
            await using StreamProxy? another =
                _case.Point == KillPoint.Recovery ? await RecoverAsync(source, destination).ConfigureAwait(false) : null;
            await KillAsync(another ?? proxy!, source, destination).ConfigureAwait(false);
        }

        Dictionary<MigrationEnd, KillOutcome> outcomes = [];
        foreach (MigrationEnd end in _case.Survivors)
        {
            outcomes.Add(end, await LookAtAsync(end, end == MigrationEnd.Source ? source : destination).ConfigureAwait(false));
        }

        return outcomes.Values.Count(o => o.RunState == RunState.Running) < 2
            ? outcomes
            : throw new InteropException("both guests run");
    }

    private async Task PrepareAsync(EmulatorProcess emulator)
    {
        await emulator.SwitchOnAsync(Capabilities).ConfigureAwait(false);
        if (_case.Kind != KillKind.Multifd) return;
        await emulator.Migration.MigrateSetParametersAsync(new() { MultifdChannels = Channels }).ConfigureAwait(false);
    }

    private async Task GoAheadAsync(EmulatorProcess source)
    {
        await source.Events.WhenAsync(MigrationStatus.Active).ConfigureAwait(false);
        await source.Migration.MigrateStartPostcopyAsync(new()).ConfigureAwait(false);
    }

    private async Task WhenReachedAsync(StreamProxy proxy, EmulatorProcess source, EmulatorProcess destination)
    {
        if (Stop is not null) await proxy.Stopped.WaitAsync(EventLog.Patience).ConfigureAwait(false);
        else await destination.Events.WhenAsync("RESUME").ConfigureAwait(false);
        await source.Events.WhenAsync(Reached).ConfigureAwait(false);
        if (_case.Kind == KillKind.Multifd) await WhenChannelsReachedAsync(proxy).WaitAsync(EventLog.Patience).ConfigureAwait(false);
    }

    private MigrationStatus Reached => GoesAhead ? MigrationStatus.PostcopyActive
        : _case.Point < KillPoint.Device ? MigrationStatus.Active : MigrationStatus.Device;

    // Ends when the second connection stands.
    private async Task<StreamProxy> RecoverAsync(EmulatorProcess source, EmulatorProcess destination)
    {
        await destination.Events.WhenAsync(MigrationStatus.PostcopyActive).ConfigureAwait(false);
        await source.PauseMigrationAsync().ConfigureAwait(false);
        await source.Events.WhenAsync(MigrationStatus.PostcopyPaused).ConfigureAwait(false);
        await destination.Events.WhenAsync(MigrationStatus.PostcopyPaused).ConfigureAwait(false);
        await destination.Migration.MigrateRecoverAsync(new() { Uri = $"unix:{_folder.File("again")}" }).ConfigureAwait(false);
        var proxy = new StreamProxy(
            _folder.File("proxy-again"), _folder.File("again"), new StreamStop.AfterBytes(0, Waiting: 1), isResumed: true);
        foreach (EmulatorProcess emulator in (EmulatorProcess[])[source, destination]) _seen[emulator] = emulator.Events.Seen.Count;
        await source.Migration.MigrateAsync(new() { Uri = $"unix:{_folder.File("proxy-again")}", Resume = true }).ConfigureAwait(false);
        await proxy.Stopped.WaitAsync(EventLog.Patience).ConfigureAwait(false);
        await source.Events.WhenAsync(MigrationStatus.PostcopyRecover).ConfigureAwait(false);
        await destination.Events.WhenAsync(MigrationStatus.PostcopyRecover).ConfigureAwait(false);
        return proxy;
    }

    // What the stop does not say of the other connections.
    private Task WhenChannelsReachedAsync(StreamProxy proxy) => _case.Point switch
    {
        KillPoint.Setup when _case.Victim != KillVictim.Channel =>
            Task.WhenAll(Enumerable.Range(0, Channels).Select(channel => proxy.WhenBarriersAsync(channel, 0))),
        KillPoint.Device => proxy.WhenBarriersAsync(Channel, LastBarrier),
        KillPoint.Barrier => proxy.WhenDevicesAsync(),
        _ => Task.CompletedTask,
    };

    private async Task KillAsync(StreamProxy proxy, EmulatorProcess source, EmulatorProcess destination)
    {
        if (_case.Victim == KillVictim.Channel)
        {
            proxy.Cut(Channel);
            proxy.Release();
            return;
        }

        await (_case.Victim == KillVictim.Source ? source : destination).KillAsync().ConfigureAwait(false);
        proxy.Cut();
    }

    private async Task<KillOutcome> LookAtAsync(MigrationEnd end, EmulatorProcess survivor)
    {
        bool hasEnded = await survivor.Events
            .EndsWithinAsync(_patienceOf(end), _seen.GetValueOrDefault(survivor)).ConfigureAwait(false);
        MigrationStatus last = survivor.Events.LastStatus ?? MigrationStatus.None;
        if (last == MigrationStatus.Failed && end == MigrationEnd.Destination && _case.ExitsOnError)
        {
            int exit = await survivor.Exit.WaitAsync(EventLog.Patience).ConfigureAwait(false);
            return new KillOutcome(last, null, exit, null);
        }

        RunState state;
        MigrationInfo info;
        try
        {
            // The end of a migration comes to the run state a little later.
            state = await (hasEnded && last != MigrationStatus.PostcopyPaused ? survivor.QuerySettledRunStateAsync() : survivor.QueryRunStateAsync())
                .WaitAsync(AnswerPatience).ConfigureAwait(false);
            info = await survivor.QueryMigrateAsync().WaitAsync(AnswerPatience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return new KillOutcome(last, null, null, null);
        }

        if (end == MigrationEnd.Source || info.Status == MigrationStatus.Completed)
        {
            await survivor.RequireMemoryAsync(Image).ConfigureAwait(false);
        }

        if (survivor.Exit.IsCompleted) throw new InteropException($"{survivor} has exited");
        string? error = info.ErrorDesc?.Replace(_folder.Path, "", StringComparison.Ordinal);
        return new KillOutcome(info.Status!.Value, state, null, error);
    }
}
