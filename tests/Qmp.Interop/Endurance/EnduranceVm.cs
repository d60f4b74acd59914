using Qmp.Api;
using Qmp.Client;
using Qmp.Interop.Emulators;
using Qmp.Testing;
using Qmp.TestSupport;
using Qmp.Types;

namespace Qmp.Interop.Endurance;

/// <summary>A machine that is at one end of migrations: a process, or in this one.</summary>
internal sealed class EnduranceVm : IAsyncDisposable
{
    private static readonly QmpClientOptions ClientOptions = new() { CommandTimeout = EventLog.Patience };

    private readonly Func<ValueTask> _end;
    private readonly Action _kill;

    private EnduranceVm(string name, QmpConnection qmp, int id, Task<int> exit, Action kill, Func<ValueTask> end)
    {
        Name = name;
        Qmp = qmp;
        Id = id;
        Exit = exit;
        _kill = kill;
        _end = end;
        Migration = new MigrationClient(qmp);
    }

    public string Name { get; }

    public QmpConnection Qmp { get; }

    public MigrationClient Migration { get; }

    /// <summary>The number of its process.</summary>
    public int Id { get; }

    /// <summary>Ends with its exit status; below 0, the signal that ended it.</summary>
    public Task<int> Exit { get; }

    /// <summary>Starts one in a process of its own.</summary>
    public static async Task<EnduranceVm> StartProcessAsync(EmulatorKind kind, params string[] words)
    {
        QemuProcess process = await QemuProcess.StartAsync(
            new QemuProcessOptions { Program = EmulatorPrograms.PathOf(kind), Client = ClientOptions }, [.. Common, .. words])
            .ConfigureAwait(false);
        return new EnduranceVm(kind.ToString().ToLowerInvariant(), process.Qmp, process.Id, process.Exit, process.Kill, process.DisposeAsync);
    }

    /// <summary>Starts one in this process.</summary>
    public static async Task<EnduranceVm> StartHereAsync(params string[] words)
    {
        TestVm vm = await TestVm.StartAsync([.. Common, .. words]).ConfigureAwait(false);
        QmpConnection qmp = await vm.ConnectAsync(ClientOptions).ConfigureAwait(false);
        return new EnduranceVm("here", qmp, Environment.ProcessId, vm.Exit, vm.Kill, async () =>
        {
            await qmp.DisposeAsync().ConfigureAwait(false);
            await vm.DisposeAsync().ConfigureAwait(false);
        });
    }

    public Task SwitchAsync(bool on, params IEnumerable<MigrationCapability> capabilities) =>
        Migration.MigrateSetCapabilitiesAsync(new()
        {
            Capabilities = [.. capabilities.Select(c => new MigrationCapabilityStatus { Capability = c, State = on })],
        }).AsTask();

    /// <summary>The run state, once the end of a migration has come to it.</summary>
    public async Task<RunState> QuerySettledRunStateAsync()
    {
        using var limit = new CancellationTokenSource(EventLog.Patience);
        while (true)
        {
            RunState state = (await Qmp.QueryStatusAsync(limit.Token).ConfigureAwait(false)).Status;
            if (state is not (RunState.FinishMigrate or RunState.Inmigrate)) return state;
            await Task.Delay(2, limit.Token).ConfigureAwait(false);
        }
    }

    /// <summary>All of guest memory.</summary>
    public async Task<byte[]> ReadMemoryAsync(TemporaryFolder folder)
    {
        string path = folder.File("memory");
        await Qmp.PmemsaveAsync(new() { Val = 0, Size = EnduranceGuest.MemorySize, Filename = path }).ConfigureAwait(false);
        byte[] memory = await File.ReadAllBytesAsync(path).ConfigureAwait(false);
        File.Delete(path);
        return memory;
    }

    /// <summary>Ends it as SIGKILL does.</summary>
    public void Kill() => _kill();

    public ValueTask DisposeAsync() => _end();

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static string[] Common => ["-M", "none", "-nodefaults", "-m", $"{EnduranceGuest.MemorySize >> 20}M"];
}
