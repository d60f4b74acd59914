using System.Diagnostics;
using System.Globalization;
using Qmp.Devices.Workload;
using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Channels.Posix;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.MappedRam;

/// <summary>Machines on a virtual timeline that are saved to, and loaded from, real files with a place for each page.</summary>
internal sealed class MappedMachines : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mapped").FullName;
    private readonly List<TestMachine> _machines = [];

    public VirtualTimeline Timeline { get; } = new();

    /// <summary>What machines here log.</summary>
    public LogLines Log { get; } = new();

    /// <summary>A file in a folder that goes with this.</summary>
    public string FileOf(string name = "ram") => Path.Combine(_folder, name);

    public TestMachine Create(
        int channels = 0, ulong ram = 1 << 20, WorkloadSettings? workload = null, Action<GuestMemory>? memory = null, long maxBandwidth = 0)
    {
        var machine = new TestMachine(
            Timeline, new PosixConnector(new NoDescriptors()), "vm", ram, workload: workload, memory: memory, logger: Log.Logger);
        machine.With(MigrationCapability.MappedRam);
        if (channels > 0) machine.With(MigrationCapability.Multifd);
        machine.Core.Options.SetParameters(new MigrateSetParameters
        {
            MultifdChannels = (byte)Math.Max(1, channels),
            MaxBandwidth = (ulong)maxBandwidth,
        });
        _machines.Add(machine);
        return machine;
    }

    /// <summary>Saves a machine that runs.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="uri">What follows <c>file:</c>; the usual file without it.</param>
    public void Save(TestMachine machine, string? uri = null)
    {
        Timeline.Run(async () =>
        {
            machine.Running();
            machine.Core.Migrate(new MigrationRequest(MigrationUri.Parse($"file:{uri ?? FileOf()}")));
            await Wait.EndAsync(machine, Timeline);
        });
        Assert.That(machine.Core.Query().ErrorDesc, Is.Null);
        Assert.That(machine.Status, Is.EqualTo(MigrationStatus.Completed));
    }

    /// <summary>Loads a machine, or tries to.</summary>
    /// <returns>Why it was refused, or <see langword="null"/>.</returns>
    public string? Load(TestMachine machine, string? uri = null)
    {
        Timeline.Run(async () =>
        {
            machine.Machine.SetRunState(RunState.Inmigrate);
            machine.Core.AwaitsIncoming = true;
            machine.Core.MigrateIncoming(MigrationUri.Parse($"file:{uri ?? FileOf()}"));
            await Wait.EndAsync(machine, Timeline);
        });
        return machine.LoadError;
    }

    /// <summary>Writes noise to a share of a machine's pages.</summary>
    public static void Fill(TestMachine machine, double share = 0.5, ulong at = 0)
    {
        var random = new Random(1);
        byte[] page = new byte[RamBlock.PageSize];
        for (ulong offset = 0; offset < machine.Machine.Memory.LengthFrom(at); offset += RamBlock.PageSize)
        {
            if (random.NextDouble() >= share) continue;
            random.NextBytes(page);
            machine.Machine.Memory.Load(at + offset, page);
        }
    }

    /// <summary>Bytes that a file takes on its disk.</summary>
    public static long BytesOnDisk(string path)
    {
        var start = new ProcessStartInfo("stat", ["-c", "%b", path]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        return 512 * long.Parse(process.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        foreach (TestMachine machine in _machines) machine.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
