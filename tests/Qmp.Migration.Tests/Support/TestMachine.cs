using Qmp.Devices.Timer;
using Qmp.Devices.Vfio;
using Qmp.Devices.Workload;
using Qmp.Machine;
using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Cpr;
using Qmp.Migration.Rules;
using Qmp.Migration.Status;
using Qmp.Types;
using Serilog;
using Serilog.Core;

namespace Qmp.Migration.Tests.Support;

/// <summary>A machine without monitors, as the emulator would put it together.</summary>
internal sealed class TestMachine : IDisposable
{
    private readonly List<string> _transcript;
    private readonly string _name;
    private readonly ILogger _logger;

    public TestMachine(
        Timeline timeline,
        IMigrationConnector transport,
        string name,
        ulong ram = 16 << 20,
        List<string>? transcript = null,
        MachineIdentity? identity = null,
        Action<GuestMemory>? memory = null,
        WorkloadSettings? workload = null,
        ILogger? logger = null,
        MigrationRules? rules = null,
        CprArrival? arrival = null)
    {
        logger ??= Logger.None;
        _transcript = transcript ?? [];
        _name = name;
        _logger = logger;
        var events = new Events(this);
        Machine = new VirtualMachine(identity ?? new MachineIdentity("none"), timeline, events, logger);
        if (memory is not null) memory(Machine.Memory);
        else if (ram > 0) Machine.Memory.Map(RamBlock.Anonymous("ram", ram), 0);
        Core = new MigrationCore(Machine, transport, events, logger, rules, arrival);
        Core.Entries.Add(TimerDevice.Create(Machine));
        Core.IncomingFailed += failure => LoadError = failure.Reason;
        if (workload is null) return;
        Guest = new WorkloadGuest(Machine, workload, logger);
        Machine.AddGuest(Guest);
    }

    public VirtualMachine Machine { get; }

    public MigrationCore Core { get; }

    public WorkloadGuest? Guest { get; }

    public string? LoadError { get; private set; }

    public List<string> EventNames { get; } = [];

    public MigrationStatus Status => Core.Query().Status ?? MigrationStatus.None;

    /// <summary>Adds a device that takes part in the switchover.</summary>
    public VfioDevice Add(VfioSettings settings)
    {
        var device = new VfioDevice(settings, Machine.Timeline, _logger);
        Core.Entries.Add(device);
        Machine.AddGuest(device);
        return device;
    }

    public static MigrationAddress Unix(string path) => new MigrationAddress.Socket
    {
        Value = new SocketAddress.Unix { Value = new UnixSocketAddress { Path = path } },
    };

    public TestMachine With(params MigrationCapability[] capabilities) => Set(capabilities, true);

    public TestMachine Without(params MigrationCapability[] capabilities) => Set(capabilities, false);

    public TestMachine Running()
    {
        Machine.Start();
        return this;
    }

    public TestMachine Listening(string path)
    {
        Machine.SetRunState(RunState.Inmigrate);
        Core.AwaitsIncoming = true;
        Core.MigrateIncoming(Unix(path));
        return this;
    }

    public byte[] Ram(int? length = null)
    {
        byte[] bytes = new byte[length ?? (long)Machine.Memory.TotalLength];
        Machine.Memory.Peek(0, bytes);
        return bytes;
    }

    public void Say(string text) =>
        _transcript.Add($"{Machine.Timeline.NowNanoseconds / 1e6:F6} {_name} {text}");

    public void Dispose() => Machine.Dispose();

    private TestMachine Set(MigrationCapability[] capabilities, bool state)
    {
        Core.SetCapabilities(capabilities.Select(c => new MigrationCapabilityStatus { Capability = c, State = state }));
        return this;
    }

    private sealed class Events(TestMachine owner) : IMachineEvents, IMigrationEvents
    {
        public void Stopped() => Add("STOP");

        public void Resumed() => Add("RESUME");

        public void Suspended() => Add("SUSPEND");

        public void WokenUp() => Add("WAKEUP");

        public void Status(MigrationStatus status) => Add($"MIGRATION {status.ToWireName()}");

        public void Pass(long pass) => Add($"MIGRATION_PASS {pass}");

        public void Warning(string text) => Add($"warning: {text}");

        private void Add(string text)
        {
            lock (owner.EventNames) owner.EventNames.Add(text);
            owner.Say(text);
        }
    }
}
