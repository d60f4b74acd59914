using Qmp.Api;
using Qmp.Client;
using Qmp.Conversations.Targets;
using Qmp.TestSupport;
using Qmp.Types;

namespace Qmp.Interop.Emulators;

/// <summary>QEMU or qmpd as a process, and a connection to its monitor. Both are started with the same words.</summary>
internal sealed class EmulatorProcess : IAsyncDisposable
{
    /// <summary>The size of its memory.</summary>
    public const int MemorySize = 64 << 20;

    private static readonly QmpClientOptions ClientOptions = new()
    {
        ConnectRetryInterval = TimeSpan.FromMilliseconds(5),
        ConnectTimeout = EventLog.Patience,
        CommandTimeout = TimeSpan.FromSeconds(60),
        EventCapacity = 1 << 16,
    };

    private readonly ITargetVm _process;
    private readonly TemporaryFolder _folder;

    private EmulatorProcess(
        EmulatorKind kind, string role, ITargetVm process, TemporaryFolder folder, QmpEndpoint endpoint)
    {
        Kind = kind;
        Role = role;
        _process = process;
        _folder = folder;
        Monitor = new QmpConnection(endpoint, ClientOptions);
        Events = new EventLog(Monitor.Subscribe());
        Migration = new MigrationClient(Monitor);
        Misc = new MiscClient(Monitor);
        Machine = new MachineClient(Monitor);
    }

    public EmulatorKind Kind { get; }

    public string Role { get; }

    /// <summary>The path of its monitor's socket; only qmpd listens there.</summary>
    public string Socket => MonitorPath(_folder, Role);

    public QmpConnection Monitor { get; }

    public EventLog Events { get; }

    public MigrationClient Migration { get; }

    public MiscClient Misc { get; }

    public MachineClient Machine { get; }

    /// <summary>Ends with the exit status; below 0, the signal that ended it.</summary>
    public Task<int> Exit => _process.Exit;

    /// <summary>What it has printed on standard error by now.</summary>
    public string StandardError => _process.StandardError;

    /// <summary>What it has printed on standard error by now, without the name of the program.</summary>
    public string[] Complaints =>
    [
        .. _process.StandardError.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line[(line.IndexOf(": ", StringComparison.Ordinal) is var end and >= 0 ? end + 2 : 0)..]),
    ];

    /// <summary>Waits until it has complained of something.</summary>
    /// <param name="last">The last of its complaints.</param>
    /// <exception cref="InteropException">It does not say that.</exception>
    public async Task WhenComplaintAsync(string last)
    {
        for (long start = Environment.TickCount64; Complaints.LastOrDefault() != last; await Task.Delay(10).ConfigureAwait(false))
        {
            if (Environment.TickCount64 - start < EventLog.Patience.TotalMilliseconds) continue;
            throw new InteropException($"{this} does not say '{last}' but: {string.Join('\n', Complaints)}");
        }
    }

    /// <summary>Starts one with nothing but memory.</summary>
    /// <param name="kind">Which program.</param>
    /// <param name="role">What it is called; unique in its folder.</param>
    /// <param name="folder">For its socket and files.</param>
    /// <param name="words">Further words of the command line.</param>
    /// <exception cref="InteropException">It ended before it could be reached.</exception>
    public static Task<EmulatorProcess> StartAsync(
        EmulatorKind kind, string role, TemporaryFolder folder, params IEnumerable<string> words) =>
        StartAsync(kind, EmulatorPrograms.PathOf(kind), role, folder, words);

    /// <summary>Starts one of a release with nothing but memory.</summary>
    /// <param name="kind">Which program.</param>
    /// <param name="release">Of which release it is, or which it plays.</param>
    /// <param name="role">What it is called; unique in its folder.</param>
    /// <param name="folder">For its socket and files.</param>
    /// <param name="words">Further words of the command line.</param>
    /// <exception cref="InteropException">It ended before it could be reached.</exception>
    public static Task<EmulatorProcess> StartAsync(
        EmulatorKind kind, QemuRelease release, string role, TemporaryFolder folder, params IEnumerable<string> words) =>
        StartAsync(
            kind, EmulatorPrograms.PathOf(kind, release), role, folder, [.. EmulatorPrograms.WordsOf(kind, release), .. words]);

    /// <summary>Starts a certain program with nothing but memory.</summary>
    /// <param name="kind">Whose it is.</param>
    /// <param name="program">Its file.</param>
    /// <param name="role">What it is called; unique in its folder.</param>
    /// <param name="folder">For its socket and files.</param>
    /// <param name="words">Further words of the command line.</param>
    /// <exception cref="InteropException">It ended before it could be reached, or does not come up.</exception>
    public static async Task<EmulatorProcess> StartAsync(
        EmulatorKind kind, string program, string role, TemporaryFolder folder, params IEnumerable<string> words)
    {
        // QEMU connects to a client that listens, since it cannot be trusted to listen: in its first moments two of its
        // threads accept. One of them is late then and blocks, or the client is greeted twice, once in a few hundred starts.
        using MonitorListener? listener =
            kind == EmulatorKind.Qemu ? new MonitorListener(MonitorPath(folder, role)) : null;
        string[] all =
        [
            "-M", "none", "-nodefaults", "-display", "none", "-m", $"{MemorySize >> 20}M",
            "-qmp", $"unix:{MonitorPath(folder, role)}{(listener is null ? ",server=on,wait=off" : "")}", .. words,
        ];
        ITargetVm process = await new ProcessTarget(program)
            .StartAsync(new VmStart(role, all, folder.Path, PassesDescriptors: false)).ConfigureAwait(false);
        var emulator = new EmulatorProcess(
            kind, role, process, folder, listener?.Endpoint ?? QmpEndpoint.Unix(MonitorPath(folder, role)));
        try
        {
            await emulator.OpenAsync().ConfigureAwait(false);
            return emulator;
        }
        catch (QmpConnectException e)
        {
            string report = ProcessReport.Of(MonitorPath(folder, role));
            await emulator.DisposeAsync().ConfigureAwait(false);
            throw new InteropException($"{emulator} does not come up: {e.Message}\nIt has said: {process.StandardError}\n{report}", e);
        }
        catch
        {
            await emulator.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Switches capabilities on, and <c>events</c>.</summary>
    public async Task SwitchOnAsync(params IEnumerable<MigrationCapability> capabilities) =>
        await Migration.MigrateSetCapabilitiesAsync(new()
        {
            Capabilities =
            [
                .. capabilities.Append(MigrationCapability.Events)
                    .Select(c => new MigrationCapabilityStatus { Capability = c, State = true }),
            ],
        }).ConfigureAwait(false);

    public async Task<MigrationInfo> QueryMigrateAsync() =>
        await Migration.QueryMigrateAsync(new()).ConfigureAwait(false);

    public async Task<RunState> QueryRunStateAsync() =>
        (await new RunStateClient(Monitor).QueryStatusAsync(new()).ConfigureAwait(false)).Status;

    /// <summary>The run state, once the end of a migration has come to it.</summary>
    public async Task<RunState> QuerySettledRunStateAsync()
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            RunState state = await QueryRunStateAsync().ConfigureAwait(false);
            if (state != RunState.FinishMigrate) return state;
            if (TimeProvider.System.GetElapsedTime(start) < EventLog.Patience) continue;
            throw new InteropException($"{this} stays in {state}");
        }
    }

    /// <summary>All of guest memory.</summary>
    public async Task<byte[]> ReadMemoryAsync(long offset = 0, int length = MemorySize)
    {
        string path = _folder.File($"{Role}.memory");
        await Machine.PmemsaveAsync(new() { Val = (ulong)offset, Size = (ulong)length, Filename = path })
            .ConfigureAwait(false);
        byte[] memory = await File.ReadAllBytesAsync(path).ConfigureAwait(false);
        File.Delete(path);
        return memory;
    }

    /// <exception cref="InteropException">Guest memory holds something else.</exception>
    public async Task RequireMemoryAsync(byte[] image)
    {
        byte[] memory = await ReadMemoryAsync().ConfigureAwait(false);
        MemoryImage.Compare($"memory of {this}", image, memory);
    }

    /// <summary>Cuts the connection of a postcopy, past all commands that wait.</summary>
    public async Task PauseMigrationAsync() =>
        await new MigrationClient(Monitor.With(new QmpCallOptions { OutOfBand = true })).MigratePauseAsync(new()).ConfigureAwait(false);

    /// <summary>Ends it as SIGKILL does, and waits for that.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await Exit.ConfigureAwait(false);
    }

    /// <summary>Asks it to end as SIGTERM does.</summary>
    public void Terminate() => _process.Terminate();

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync().ConfigureAwait(false);
        Events.Dispose();
        await Monitor.DisposeAsync().ConfigureAwait(false);
    }

    private static string MonitorPath(TemporaryFolder folder, string role) => folder.File($"{role}.qmp");

    private async Task OpenAsync()
    {
        using var gaveUp = new CancellationTokenSource();
        Task opening = Monitor.OpenAsync(gaveUp.Token);
        await Task.WhenAny(opening, Exit).ConfigureAwait(false);
        if (!opening.IsCompleted)
        {
            await gaveUp.CancelAsync().ConfigureAwait(false);
            await opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new InteropException($"{this} ended before it could be reached: {string.Join('\n', Complaints)}");
        }

        await opening.ConfigureAwait(false);
    }

    public override string ToString() => $"{Role} ({Kind.ToString().ToLowerInvariant()})";
}
