using Qmp.Devices.Vfio;
using Qmp.Machine;
using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Tests.Support;
using Qmp.Types;
using Serilog;

namespace Qmp.Migration.Tests.Fuzz;

/// <summary>A good stream, and the machine that loads it.</summary>
internal sealed class SeedStream
{
    private const ulong CapturedRam = 64 << 20;
    private const ulong SmallRam = 32 * RamBlock.PageSize;

    private static readonly Guid Uuid = new("11223344-5566-7788-99aa-bbccddeeff00");

    private static readonly VfioSettings[] NoDevices = [];

    private static readonly VfioSettings[] TwoDevices =
    [
        new() { Id = "v0", InitialBytes = 5000, StopCopyBytes = 3000, ConfigBytes = 256 },
        new() { Id = "v1", InitialBytes = 100, ConfigBytes = 16, LoadTime = TimeSpan.FromMilliseconds(20) },
    ];

    private readonly MigrationCapability[] _capabilities;
    private readonly VfioSettings[] _devices;
    private readonly ulong _ram;
    private readonly bool _hasUuid;

    private SeedStream(
        string name, ulong ram, MigrationCapability[] capabilities, VfioSettings[] devices, bool hasUuid)
    {
        Name = name;
        _ram = ram;
        _capabilities = capabilities;
        _devices = devices;
        _hasUuid = hasUuid;
    }

    /// <summary>Names it in messages.</summary>
    public string Name { get; }

    /// <summary>The stream.</summary>
    public byte[] Bytes { get; private set; } = [];

    /// <summary>Streams that QEMU wrote, and streams of ours with what QEMU's do not have.</summary>
    public static SeedStream[] All() =>
    [
        Captured("a_none_exec"),
        Captured("a5_none_validate_uuid", hasUuid: true, MigrationCapability.ValidateUuid),
        Captured("a6_none_paused"),
        Captured("b_none_rp.fwd", MigrationCapability.ReturnPath),
        Captured("b2_none_rp_switchover_ack.fwd", MigrationCapability.ReturnPath, MigrationCapability.SwitchoverAck),
        Captured("a7_none_no_ram", ram: 0),
        Ours("plain", NoDevices),
        Ours("with a return path", NoDevices, MigrationCapability.ReturnPath),
        Ours("with a UUID", NoDevices, hasUuid: true, MigrationCapability.ValidateUuid),
        Ours("with devices", TwoDevices),
        Ours(
            "with devices that approve the switchover", TwoDevices, MigrationCapability.ReturnPath,
            MigrationCapability.SwitchoverAck),
    ];

    /// <summary>A machine as the one that the stream is for.</summary>
    public TestMachine CreateMachine(Timeline timeline, IMigrationConnector transport, ILogger? logger = null)
    {
        var machine = new TestMachine(
            timeline,
            transport,
            "vm",
            _ram,
            identity: new MachineIdentity("none", Uuid: _hasUuid ? Uuid : null),
            logger: logger);
        foreach (VfioSettings device in _devices) machine.Add(device);
        return machine.With(_capabilities);
    }

    private static SeedStream Captured(string name, params MigrationCapability[] capabilities) =>
        Captured(name, hasUuid: false, capabilities);

    private static SeedStream Captured(string name, bool hasUuid, params MigrationCapability[] capabilities) =>
        Captured(name, CapturedRam, hasUuid, capabilities);

    private static SeedStream Captured(
        string name, ulong ram, bool hasUuid = false, params MigrationCapability[] capabilities) =>
        new(name, ram, capabilities, NoDevices, hasUuid) { Bytes = Capture.Read(name) };

    private static SeedStream Ours(string name, VfioSettings[] devices, params MigrationCapability[] capabilities) =>
        Ours(name, devices, hasUuid: false, capabilities);

    private static SeedStream Ours(
        string name, VfioSettings[] devices, bool hasUuid, params MigrationCapability[] capabilities)
    {
        var seed = new SeedStream(name, SmallRam, capabilities, devices, hasUuid);
        seed.Record();
        return seed;
    }

    /// <summary>Migrates a machine and keeps what was sent.</summary>
    private void Record()
    {
        var timeline = new VirtualTimeline();
        var sent = new List<byte>();
        var network = new VirtualNetwork(timeline) { ForwardTap = bytes => sent.AddRange(bytes.Span) };
        using TestMachine source = CreateMachine(timeline, network);
        using TestMachine destination = CreateMachine(timeline, network);
        byte[] ram = new byte[_ram];
        new Random(1).NextBytes(ram.AsSpan(0, ram.Length / 2));
        source.Machine.Memory.Load(0, ram);
        timeline.Run(async () =>
        {
            destination.Listening("/seed");
            source.Running();
            source.Core.Migrate(new MigrationRequest(TestMachine.Unix("/seed")));
            Assert.That(await Wait.EndAsync(source, timeline), Is.EqualTo(MigrationStatus.Completed), Name);
        });
        Bytes = [.. sent];
    }
}
