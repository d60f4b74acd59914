using Microsoft.Win32.SafeHandles;
using Qmp.Api;
using Qmp.Client;
using Qmp.Interop.Emulators;
using Qmp.TestSupport;
using Qmp.Types;

namespace Qmp.Interop.Matrix;

/// <summary>Migrates once and checks everything that can be checked.</summary>
internal sealed class ScenarioRun : IDisposable
{
    private const int Offset = 0x2000;
    private const string DescriptorName = "stream";
    private const int SetNumber = 1;
    private const string Active = "MIGRATION postcopy-active";
    private const string InSet = "file:/dev/fdset/1";

    private readonly Scenario _scenario;
    private readonly Pair _pair;
    private readonly byte[] _image;
    private readonly TemporaryFolder _folder = new();
    private readonly SocketPair _sockets = SocketPair.Create();
    private readonly byte[] _head = new byte[Offset]; // of the file, before the offset
    private readonly TlsSetup _tls;
    private int _inherited;

    private ScenarioRun(Scenario scenario, Pair pair, int seed)
    {
        _scenario = scenario;
        _pair = pair;
        _image = MemoryImage.Create(seed);
        new Random(seed).NextBytes(_head);
        _tls = new TlsSetup(scenario.Tls, _folder);
    }

    private string Stream => _folder.File("stream");

    private string Handover => _folder.File("cpr");

    private string Rewritten => _folder.File("memory");

    /// <summary>Whether the destination reads what is complete by then.</summary>
    private bool IsStored => _scenario.Route is Route.File or Route.FileWithOffset or Route.Exec
        or Route.DescriptorSet;

    /// <returns>What the source says of the migration in the end.</returns>
    /// <exception cref="InteropException">Something is not as it must be.</exception>
    public static async Task<MigrationInfo> RunAsync(Scenario scenario, Pair pair, int seed)
    {
        using var run = new ScenarioRun(scenario, pair, seed);
        return await run.RunAsync().ConfigureAwait(false);
    }

    public void Dispose()
    {
        _sockets.Dispose();
        _folder.Dispose();
    }

    private async Task<MigrationInfo> RunAsync()
    {
        await File.WriteAllBytesAsync(_folder.File("image"), _image).ConfigureAwait(false);
        await using EmulatorProcess source = await StartSourceAsync().ConfigureAwait(false);
        if (_scenario.Route == Route.Cpr) return await HandOverAsync(source).ConfigureAwait(false);
        await using EmulatorProcess destination = await StartDestinationAsync().ConfigureAwait(false);
        if (!IsStored) await ListenAsync(destination).ConfigureAwait(false);
        await SendAsync(source, destination).ConfigureAwait(false);
        if (_scenario.IsInterrupted) await RecoverAsync(source, destination).ConfigureAwait(false);
        if (ReadsAhead) await ReadAheadAsync(destination).ConfigureAwait(false);
        await RequireAsync(source, await source.Events.WhenEndedAsync().ConfigureAwait(false)).ConfigureAwait(false);
        if (IsStored) await ListenAsync(destination).ConfigureAwait(false);
        await RequireAsync(destination, await destination.Events.WhenEndedAsync().ConfigureAwait(false))
            .ConfigureAwait(false);
        return await CheckAsync(source, destination).ConfigureAwait(false);
    }

    // The destination answers when it has got what the source leaves to it.
    private async Task<MigrationInfo> HandOverAsync(EmulatorProcess source)
    {
        Task<EmulatorProcess> starting = StartDestinationAsync();
        await ListeningSocket.WhenAsync(Handover, starting).ConfigureAwait(false);
        await PrepareAsync(source, isSource: true).ConfigureAwait(false);
        await source.Migration.MigrateSetParametersAsync(_scenario.SourceParameters!).ConfigureAwait(false);
        await source.Migration.MigrateAsync(new()
        {
            Channels = [Channel(MigrationChannelType.Main, Stream), Channel(MigrationChannelType.Cpr, Handover)],
        }).ConfigureAwait(false);
        await using EmulatorProcess destination = await starting.ConfigureAwait(false);
        await ListenAsync(destination).ConfigureAwait(false);
        await RequireAsync(source, await source.Events.WhenEndedAsync().ConfigureAwait(false)).ConfigureAwait(false);
        await RequireAsync(destination, await destination.Events.WhenEndedAsync().ConfigureAwait(false)).ConfigureAwait(false);
        return await CheckAsync(source, destination).ConfigureAwait(false);
    }

    private static MigrationChannel Channel(MigrationChannelType type, string path) => new()
    {
        ChannelType = type, Addr = new MigrationAddress.Socket { Value = new SocketAddress.Unix { Value = new() { Path = path } } },
    };

    private async Task RecoverAsync(EmulatorProcess source, EmulatorProcess destination)
    {
        await source.Events.WhenAsync(MigrationStatus.PostcopyActive).ConfigureAwait(false);
        await destination.Events.WhenAsync("RESUME").ConfigureAwait(false); // before that it could only fail
        await source.PauseMigrationAsync().ConfigureAwait(false);
        await source.Events.WhenAsync(MigrationStatus.PostcopyPaused).ConfigureAwait(false);
        await destination.Events.WhenAsync(MigrationStatus.PostcopyPaused).ConfigureAwait(false);
        string uri = $"unix:{_folder.File("again")}";
        await destination.Migration.MigrateRecoverAsync(new() { Uri = uri }).ConfigureAwait(false);
        int sourceSaw = source.Events.Seen.Count;
        int destinationSaw = destination.Events.Seen.Count;
        await source.Migration.MigrateAsync(new() { Uri = uri, Resume = true }).ConfigureAwait(false);

        // QEMU's main loop takes the new connection, and would not if a monitor waited for a page by then.
        await source.Events.WhenAsync(Active, sourceSaw).ConfigureAwait(false);
        await destination.Events.WhenAsync(Active, destinationSaw).ConfigureAwait(false);
    }

    // Newer releases do not let clients read memory that has yet to come.
    private bool ReadsAhead => _scenario.GoesAheadAfter > 0 && _pair.DestinationRelease == QemuRelease.Ten;

    private async Task ReadAheadAsync(EmulatorProcess destination)
    {
        await destination.Events.WhenAsync(MigrationStatus.PostcopyActive).ConfigureAwait(false);
        await destination.RequireMemoryAsync(_image).ConfigureAwait(false);
    }

    private Task<EmulatorProcess> StartSourceAsync()
    {
        string[] content = _scenario.SharesMemory
            ? []
            : ["-device", $"loader,file={_folder.File("image")},addr=0,force-raw=on"];
        return EmulatorProcess.StartAsync(
            _pair.Source, _pair.SourceRelease, "src", _folder,
            [.. Machine(), .. RewrittenMemory($"file,share=on,mem-path={Rewritten}"), .. content]);
    }

    private async Task<EmulatorProcess> StartDestinationAsync()
    {
        using SafeFileHandle? inherited = _scenario.Route == Route.InheritedDescriptor
            ? SocketPair.Inheritable(_sockets.Right)
            : null;
        string[] incoming = _scenario.Route switch
        {
            Route.UnixOnCommandLine => ["-global", "migration.x-events=on", "-incoming", $"unix:{Stream}"],
            Route.Cpr => ["-incoming", "defer", "-incoming", $"cpr,addr.transport=socket,addr.type=unix,addr.path={Handover}"],
            _ => ["-incoming", "defer"],
        };
        EmulatorProcess destination = await EmulatorProcess
            .StartAsync(
                _pair.Destination, _pair.DestinationRelease, "dst", _folder,
                [.. Machine(), .. RewrittenMemory("ram"), .. incoming])
            .ConfigureAwait(false);
        _inherited = inherited is null ? -1 : (int)inherited.DangerousGetHandle();
        return destination;
    }

    private IEnumerable<string> Machine()
    {
        if (_scenario.Uuid is { } uuid)
        {
            yield return "-uuid";
            yield return uuid;
        }

        if (!_scenario.SharesMemory && _scenario.Route != Route.Cpr) yield break;
        yield return "-object";
        yield return _scenario.SharesMemory
            ? $"memory-backend-file,id=mem,share=on,size={EmulatorProcess.MemorySize},mem-path={_folder.File("image")}"
            : $"memory-backend-memfd,id=mem,size={EmulatorProcess.MemorySize}";
        yield return "-machine";
        yield return "memory-backend=mem";
    }

    private string[] RewrittenMemory(string backend) => _scenario.RewritesMemory
        ? ["-object", $"memory-backend-{backend},id=mem,size={EmulatorProcess.MemorySize}", "-machine", "memory-backend=mem"]
        : [];

    private async Task PrepareAsync(EmulatorProcess emulator, bool isSource)
    {
        await _tls.ApplyAsync(emulator, isSource).ConfigureAwait(false);
        await emulator.SwitchOnAsync(_scenario.Capabilities).ConfigureAwait(false);
        if (_scenario.Parameters is not { } parameters) return;
        await emulator.Migration.MigrateSetParametersAsync(parameters).ConfigureAwait(false);
    }

    private async Task ListenAsync(EmulatorProcess destination)
    {
        if (_scenario.Route == Route.UnixOnCommandLine) return;
        await PrepareAsync(destination, isSource: false).ConfigureAwait(false);
        if (_scenario.Route == Route.DescriptorSet) await AddToSetAsync(destination, FileAccess.Read).ConfigureAwait(false);
        if (_scenario.Route == Route.PassedDescriptors) await PassAsync(destination, _sockets.Right).ConfigureAwait(false);
        string uri = _scenario.Route switch
        {
            Route.Unix or Route.Cpr => $"unix:{Stream}",
            Route.Tcp => "tcp:127.0.0.1:0",
            Route.File => $"file:{Stream}",
            Route.FileWithOffset => $"file:{Stream},offset={Offset}",
            Route.DescriptorSet => InSet,
            Route.Exec => $"exec:cat {Stream}",
            Route.PassedDescriptors => $"fd:{DescriptorName}",
            Route.InheritedDescriptor => $"fd:{_inherited}",
            _ => throw new InvalidOperationException(),
        };
        await destination.Migration.MigrateIncomingAsync(new() { Uri = uri }).ConfigureAwait(false);
    }

    private async Task SendAsync(EmulatorProcess source, EmulatorProcess destination)
    {
        if (_scenario.SourceIsPaused) await source.Misc.StopAsync(new()).ConfigureAwait(false);
        await PrepareAsync(source, isSource: true).ConfigureAwait(false);
        string uri = _scenario.Route switch
        {
            Route.Unix or Route.UnixOnCommandLine => $"unix:{Stream}",
            Route.Tcp => await TcpAsync(destination).ConfigureAwait(false),
            Route.File => $"file:{Stream}",
            Route.FileWithOffset => $"file:{Stream},offset={Offset}",
            Route.DescriptorSet => InSet,
            Route.Exec => $"exec:cat > {Stream}",
            _ => $"fd:{DescriptorName}",
        };
        if (_scenario.Route == Route.FileWithOffset) await File.WriteAllBytesAsync(Stream, _head).ConfigureAwait(false);
        if (_scenario.Route is Route.PassedDescriptors or Route.InheritedDescriptor)
        {
            await PassAsync(source, _sockets.Left).ConfigureAwait(false);
        }

        if (_scenario.Route == Route.DescriptorSet) await AddToSetAsync(source, FileAccess.Write).ConfigureAwait(false);
        Rewriting? rewriting = _scenario.RewritesMemory ? new Rewriting(source, Rewritten) : null;
        if (rewriting is not null) await rewriting.PrepareAsync().ConfigureAwait(false);
        await source.Migration.MigrateAsync(new() { Uri = uri }).ConfigureAwait(false);
        if (rewriting is not null) await rewriting.RunAsync().ConfigureAwait(false);
        if (_scenario.GoesAheadAfter is { } bytes) await GoAheadAsync(source, bytes).ConfigureAwait(false);
        if (!_scenario.Capabilities.Contains(MigrationCapability.PauseBeforeSwitchover)) return;
        await source.Events.WhenAsync(MigrationStatus.PreSwitchover).ConfigureAwait(false);
        await source.Migration.MigrateContinueAsync(new() { State = MigrationStatus.PreSwitchover })
            .ConfigureAwait(false);
    }

    private static async Task GoAheadAsync(EmulatorProcess source, long bytes)
    {
        while (await source.QueryMigrateAsync().ConfigureAwait(false) is { Status: MigrationStatus.Setup or MigrationStatus.Active } info
            && (info.Ram?.Transferred ?? 0) < bytes)
        {
            await Task.Yield();
        }

        await source.Migration.MigrateStartPostcopyAsync(new()).ConfigureAwait(false);
    }

    private static async Task<string> TcpAsync(EmulatorProcess destination)
    {
        MigrationInfo info = await destination.QueryMigrateAsync().ConfigureAwait(false);
        return info.SocketAddress is [SocketAddress.Inet inet]
            ? $"tcp:{inet.Value.Host}:{inet.Value.Port}"
            : throw new InteropException($"{destination} does not say where it listens");
    }

    private static async Task PassAsync(EmulatorProcess emulator, SafeFileHandle descriptor) => await new MiscClient(
        emulator.Monitor.With(new QmpCallOptions { Descriptor = descriptor }))
        .GetfdAsync(new() { Fdname = DescriptorName }).ConfigureAwait(false);

    private async Task AddToSetAsync(EmulatorProcess emulator, FileAccess access)
    {
        using SafeFileHandle file = File.OpenHandle(Stream, FileMode.OpenOrCreate, access, FileShare.ReadWrite);
        using SafeFileHandle direct = DirectFile.Open(Stream, access == FileAccess.Write);
        foreach (SafeFileHandle descriptor in (SafeFileHandle[])[file, direct])
        {
            await new MiscClient(emulator.Monitor.With(new QmpCallOptions { Descriptor = descriptor }))
                .AddFdAsync(new() { FdsetId = SetNumber }).ConfigureAwait(false);
        }
    }

    private static async Task RequireAsync(EmulatorProcess emulator, QmpEvent end)
    {
        if ((string?)end.Data?["status"] == "completed") return;
        string complaints = string.Join('\n', emulator.Complaints);
        string? reason = emulator.Exit.IsCompleted
            ? "it has exited"
            : (await emulator.QueryMigrateAsync().ConfigureAwait(false)).ErrorDesc;
        throw new InteropException($"{emulator} has not completed: {end.Data?["status"]}, {reason}\n{complaints}");
    }

    private async Task<MigrationInfo> CheckAsync(EmulatorProcess source, EmulatorProcess destination)
    {
        MigrationInfo info = await source.QueryMigrateAsync().ConfigureAwait(false);
        Expect("status of the source", MigrationStatus.Completed, info.Status);
        Expect("status of the destination", MigrationStatus.Completed,
            (await destination.QueryMigrateAsync().ConfigureAwait(false)).Status);
        Expect("run state of the source", _scenario.KeepsGuest ? RunState.Running : RunState.Postmigrate,
            await source.QuerySettledRunStateAsync().ConfigureAwait(false));
        Expect("run state of the destination", _scenario.SourceIsPaused ? RunState.Paused : RunState.Running,
            await destination.QueryRunStateAsync().ConfigureAwait(false));
        await source.RequireMemoryAsync(_image).ConfigureAwait(false);
        await destination.RequireMemoryAsync(_image).ConfigureAwait(false);
        if ((_scenario.SharesMemory || _scenario.Route == Route.Cpr) && info.Ram!.Transferred > 1 << 20)
        {
            throw new InteropException($"{info.Ram.Transferred} bytes were sent although memory is shared");
        }

        if (_scenario.Capabilities.Contains(MigrationCapability.Multifd)) Expect("pages in channels", true, info.Ram!.MultifdBytes > 0);
        if (_scenario.GoesAheadAfter is not null) Expect("memory behind the guest", true, info.Ram!.PostcopyBytes > 0);
        if (_scenario.Capabilities.Contains(MigrationCapability.PostcopyBlocktime))
        {
            MigrationInfo arrived = await destination.QueryMigrateAsync().ConfigureAwait(false);
            Expect("time that processors waited", true, arrived.PostcopyBlocktime is not null);
        }

        if (ReadsAhead) Expect("requests for pages", true, info.Ram!.PostcopyRequests > 0);
        if (_scenario.RewritesMemory) Expect("pages sent as differences", true, info.XbzrleCache!.Pages > 0);
        if (_scenario.Route == Route.FileWithOffset)
        {
            byte[] file = await File.ReadAllBytesAsync(Stream).ConfigureAwait(false);
            MemoryImage.Compare("the beginning of the file", _head, file.AsSpan(0, Offset));
        }

        return info;
    }

    private static void Expect<T>(string what, T expected, T actual)
    {
        if (!Equals(expected, actual)) throw new InteropException($"{what}: {actual}, expected {expected}");
    }
}
