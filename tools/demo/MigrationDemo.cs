using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Qmp.Api;
using Qmp.Client;
using Qmp.Client.Migration;
using Qmp.Types;

namespace Demo;

/// <summary>The story: two emulators, one guest that runs and writes all the time, and its move.</summary>
internal sealed class MigrationDemo(DemoSettings settings, DemoScreen screen)
{
    public const string Source = "source";
    public const string Destination = "destination";

    private const int WriteCounter = 16; // where the guest counts its writes, in the first page of its working set
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private MigrationCapability[] Capabilities =>
    [
        MigrationCapability.Events, MigrationCapability.ReturnPath, MigrationCapability.SwitchoverAck,
        .. (MigrationCapability[])(settings.Channels > 0 ? [MigrationCapability.Multifd] : []),
    ];

    private MigrateSetParameters Parameters => settings.Channels > 0 ? new() { MultifdChannels = settings.Channels } : new();

    private ulong CounterAddress => (ulong)(settings.MemoryBytes - settings.WorkingSet);

    /// <returns>Whether everything matched.</returns>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("qmp-demo-");
        try
        {
            return await RunAsync(folder.FullName, stop);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<bool> RunAsync(string folder, CancellationToken stop)
    {
        string PathOf(string name) => Path.Combine(folder, name);
        screen.Step($"{Format.Bytes(settings.MemoryBytes)} of random memory, two emulators");
        WriteRandom(PathOf("ram"), settings.MemoryBytes);
        string[] machine =
        [
            "-M", "none", "-nodefaults", "-display", "none",
            "-m", $"{settings.MemoryBytes >> 20}M",
            "-device", $"x-workload,rate={settings.DirtyRate},working-set={settings.WorkingSet},offset={CounterAddress}",
        ];
        // -S: the guest stays stopped when it arrives, so that both memories can be compared.
        await using EmulatorProcess destination = await EmulatorProcess.StartAsync(
            Destination, PathOf("dst.qmp"), [.. machine, "-S", "-incoming", "defer"], screen, stop);
        await using EmulatorProcess source = await EmulatorProcess.StartAsync(
            Source,
            PathOf("src.qmp"),
            [
                .. machine, "-device", $"loader,file={PathOf("ram")},addr=0,force-raw=on",
                "-d", SwitchoverTrace.Patterns, "-D", PathOf("trace"),
            ],
            screen,
            stop);

        screen.Step("The guest runs and moves");
        using EventSubscription arrivals = destination.Monitor.Subscribe();
        string uri = $"unix:{PathOf("mig")}";
        await ListenAsync(destination, uri, stop);
        MigrationResult result = await screen.WatchAsync(progress => source.Monitor.RunMigrationAsync(
            new MigrationPlan
            {
                Uri = uri,
                Capabilities = Capabilities.ToDictionary(c => c, _ => true),
                Parameters = Parameters,
                Progress = progress,
                PollInterval = TimeSpan.FromMilliseconds(50),
            },
            stop));
        if (result.Outcome != MigrationOutcome.Completed)
        {
            throw new DemoException($"The migration is {result.Outcome}: {result.Reason ?? "no reason given"}");
        }

        await ArrivalAsync(destination, arrivals, stop);
        screen.Step("Compare all memory, then let the guest run on");
        return await CheckAsync(source, destination, result.Info!, PathOf, stop);
    }

    private async Task ListenAsync(EmulatorProcess destination, string uri, CancellationToken stop)
    {
        var client = new MigrationClient(destination.Monitor);
        await client.MigrateSetCapabilitiesAsync(
            new()
            {
                Capabilities = [
                    .. Capabilities.Select(c => new MigrationCapabilityStatus { Capability = c, State = true }),
                ],
            },
            stop);
        await client.MigrateSetParametersAsync(Parameters, stop);
        await client.MigrateIncomingAsync(new() { Uri = uri }, stop);
    }

    /// <summary>The source has completed; the destination says so itself a moment later.</summary>
    private static async Task ArrivalAsync(
        EmulatorProcess destination, EventSubscription events, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        await foreach (QmpEvent value in events.WithCancellation(limit.Token))
        {
            if (value.Is(MigrationEventDescriptors.Migration)
                && value.Read(MigrationEventDescriptors.Migration).Status == MigrationStatus.Completed)
            {
                return;
            }
        }

        throw new DemoException($"The {destination.Name} went away.");
    }

    private async Task<bool> CheckAsync(
        EmulatorProcess source,
        EmulatorProcess destination,
        MigrationInfo info,
        Func<string, string> pathOf,
        CancellationToken stop)
    {
        RunState left = (await new RunStateClient(source.Monitor).QueryStatusAsync(new(), stop)).Status;
        RunState arrived = (await new RunStateClient(destination.Monitor).QueryStatusAsync(new(), stop)).Status;
        await SaveAsync(source, pathOf("src.ram"), 0, settings.MemoryBytes, stop);
        await SaveAsync(destination, pathOf("dst.ram"), 0, settings.MemoryBytes, stop);
        long? difference = MemoryComparison.FirstDifference(pathOf("src.ram"), pathOf("dst.ram"), settings.MemoryBytes);
        ulong writes = await WritesAsync(destination, pathOf("page"), stop);
        await new MiscClient(destination.Monitor).ContAsync(new(), stop);
        ulong later = await LaterWritesAsync(destination, pathOf("page"), writes, stop);
        TimeSpan? ack = SwitchoverTrace.AckDelay(pathOf("trace"));

        bool guestRunsOn = settings.DirtyRate == 0 || later > writes;
        bool success = difference is null && ack is not null && guestRunsOn
            && (left, arrived) == (RunState.Postmigrate, RunState.Paused);
        MigrationStats ram = info.Ram!;
        screen.Summary(
            [
                ("total time", Format.Milliseconds(info.TotalTime)),
                ("downtime", Format.Milliseconds(info.Downtime)),
                ("passes", ram.DirtySyncCount.ToString(CultureInfo.InvariantCulture)),
                ("sent", Format.Bytes(ram.Transferred)),
                ("throughput", Format.Rate(ram.Transferred * 1000.0 / Math.Max(1, info.TotalTime ?? 0))),
                ("switchover acknowledged", ack is null
                    ? "never"
                    : string.Create(CultureInfo.InvariantCulture, $"{ack.Value.TotalMilliseconds:F1} ms after the start")),
                ("run states", $"{left} at the source, {arrived} at the destination".ToLowerInvariant()),
                ("memory", difference is null
                    ? $"all {settings.MemoryBytes} bytes equal"
                    : $"differs at 0x{difference:x}"),
                ("the guest's writes", $"{writes} when it moved, {later} a moment after it went on"),
            ],
            success,
            success ? "Everything matched." : "Something did not match.");
        return success;
    }

    private static async Task SaveAsync(
        EmulatorProcess emulator, string path, ulong address, long length, CancellationToken stop) =>
        await new MachineClient(emulator.Monitor).PmemsaveAsync(
            new() { Val = address, Size = (ulong)length, Filename = path }, stop);

    private async Task<ulong> WritesAsync(EmulatorProcess emulator, string path, CancellationToken stop)
    {
        await SaveAsync(emulator, path, CounterAddress, 64, stop);
        return BinaryPrimitives.ReadUInt64LittleEndian(File.ReadAllBytes(path).AsSpan(WriteCounter));
    }

    private async Task<ulong> LaterWritesAsync(
        EmulatorProcess emulator, string path, ulong before, CancellationToken stop)
    {
        ulong now = before;
        for (int i = 0; i < 50 && now == before && settings.DirtyRate > 0; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), stop);
            now = await WritesAsync(emulator, path, stop);
        }

        return now;
    }

    private static void WriteRandom(string path, long length)
    {
        using FileStream file = File.Create(path);
        byte[] buffer = new byte[1 << 20];
        for (long at = 0; at < length; at += buffer.Length)
        {
            RandomNumberGenerator.Fill(buffer);
            file.Write(buffer);
        }
    }
}
