using Newtonsoft.Json.Linq;
using Qmp.Devices.Workload;
using Qmp.Devices.Workload.Model;
using Qmp.Emulator.Files;
using Qmp.Emulator.Hosting;
using Qmp.Emulator.Machines;
using Qmp.Emulator.Options;
using Qmp.Emulator.Versions;
using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Postcopy;
using Qmp.Protocol.Json;
using Qmp.Server.Dispatch;
using Qmp.Simulation.Text;
using Qmp.Types;
using Serilog;

namespace Qmp.Simulation;

/// <summary>One machine of a scenario: an emulator without monitors.</summary>
internal sealed class ScenarioVm : IAsyncDisposable
{
    private const ulong DefaultMemory = 16 << 20;

    private readonly EmulatorInstance _emulator;
    private readonly ScenarioEnd _end;
    private readonly Action<ScenarioEnd, JObject> _report;
    private readonly IDisposable _events;

    /// <exception cref="CommandLineException">The scenario describes a machine that cannot be had.</exception>
    public ScenarioVm(
        MigrationScenario scenario,
        ScenarioEnd end,
        Timeline timeline,
        IMigrationConnector connector,
        ILogger logger,
        Action<ScenarioEnd, JObject> report)
    {
        _end = end;
        _report = report;
        ScenarioMachine own = (end == ScenarioEnd.Source ? scenario.Source : scenario.Destination) ?? new();
        QemuVersion version = VersionOf(own.Version ?? scenario.Version);
        var given = new GivenOptions();
        given.Add(OptionTable.Simulation, new("x-sim", "on", true));
        if (own.StartStopped == true) given.Add(OptionTable.Stopped, new("S", "", true));
        if (end == ScenarioEnd.Destination) given.Add(OptionTable.Incoming, IncomingAddress.Deferred);
        foreach (DeviceOptions device in Devices(scenario.Devices ?? [], own.Devices ?? []))
        {
            given.Add(OptionTable.Device, AsOption(device));
        }

        foreach (string property in own.Globals ?? []) given.Add(OptionTable.Global, new("global", property, OptionTable.Global.ReadValue(property, version)));
        var options = new EmulatorOptions
        {
            Version = version,
            MachineType = "none",
            MemorySize = scenario.Memory ?? DefaultMemory,
            CountsMemory = scenario.MemoryModel == ScenarioMemory.Counted,
            Given = given,
        };
        _emulator = new EmulatorInstance(options, new EmulatorPorts
        {
            Timeline = timeline,
            Connector = connector,
            Descriptors = new PassedDescriptors(),
            Logger = logger,
            Tls = new TlsObjects(timeline.Clock, logger),
            Report = _ => { },
            OpenChardev = chardev => throw new CommandLineException($"{chardev.Id}: a scenario has no monitors"),
            Offload = work => work().AsTask(),
        });
        _events = _emulator.Subscribe(message => report(end, Parse(message)));
        _emulator.Migration.SetCapabilities(
            (scenario.Capabilities ?? []).Concat(own.Capabilities ?? [])
                .Select(c => new MigrationCapabilityStatus { Capability = c, State = true }));
        if (scenario.Parameters is { } common) _emulator.Migration.Options.SetParameters(common);
        if (own.Parameters is { } parameters) _emulator.Migration.Options.SetParameters(parameters);
        foreach (FaultPlan fault in own.Faults ?? []) _emulator.Migration.Faults.Set(fault);
    }

    public GuestMemory Memory => _emulator.Machine.Memory;

    public bool IsRunning => _emulator.Machine.IsRunning;

    /// <summary>Whether the emulator has ended, as a process would.</summary>
    public bool HasExited => _emulator.Completion.IsCompleted;

    public MigrationInfo Migration => _emulator.Migration.Query();

    /// <summary>Bytes of memory that are left to send.</summary>
    public long Remaining => _emulator.Migration.Query().Ram?.Remaining ?? 0;

    /// <summary>How it stands with those who wait for pages here, and the waits that have ended since this was last called.</summary>
    public PageWaits TakePageWaits() => _emulator.Migration.TakePageWaits();

    public bool WaitsForAck => _emulator.Migration.Switchover.WaitingSince is not null;

    public int Throttle => _emulator.Machine.ThrottlePercentage;

    public IReadOnlyList<WorkloadGuest> Workloads => _emulator.Devices.Workloads;

    /// <summary>Adds a program of the guest, which runs where the guest is.</summary>
    /// <exception cref="ScenarioException">The machine has no memory.</exception>
    public void Add(ModelProgram program)
    {
        if (Memory.Visible.Select(v => v.Block).FirstOrDefault() is not { } block) throw new ScenarioException("A machine without memory has no workload");
        _emulator.Machine.AddGuest(new ModelGuest(_emulator.Machine, block, program));
    }

    public ValueTask StartAsync() => _emulator.StartAsync();

    /// <summary>Runs a command and reports its answer.</summary>
    /// <returns>Why it was refused; <see langword="null"/> if it was not.</returns>
    public async ValueTask<string?> ExecuteAsync(string command, JToken? arguments)
    {
        string? refusal = null;
        var message = new JObject { ["execute"] = command };
        try
        {
            if (HasExited) throw new CommandException("The emulator has ended");
            message["return"] = await _emulator.ExecuteAsync(command, arguments as JObject);
        }
        catch (CommandException e)
        {
            message["error"] = new JObject { ["class"] = e.Error.Class, ["desc"] = e.Error.Description };
            refusal = $"{command} was refused: {e.Error.Description}";
        }

        _report(_end, message);
        return refusal;
    }

    /// <summary>Reports how the emulator ended, if it has.</summary>
    public void ReportExit()
    {
        if (HasExited) _report(_end, new JObject { ["exit"] = _emulator.Completion.GetAwaiter().GetResult() });
    }

    /// <summary>Stops the guest, if it is here, so that it can be looked at; nothing is reported any more.</summary>
    public async ValueTask FreezeAsync()
    {
        _events.Dispose();
        using Machine.Time.TimelineLock.Hold hold = await _emulator.Machine.Lock.EnterAsync();
        await _emulator.Machine.StopAsync(RunState.Paused);
    }

    public ValueTask DisposeAsync()
    {
        _events.Dispose();
        return _emulator.DisposeAsync();
    }

    private static QemuVersion VersionOf(string? name) => name is null ? QemuVersion.Default
        : QemuVersion.Find(name) ?? throw new CommandLineException(
            $"Parameter 'version' expects one of {string.Join(", ", QemuVersion.All)}, and not '{name}'");

    // A device of one machine takes the place of the common one of the same name.
    private static IEnumerable<DeviceOptions> Devices(IReadOnlyList<DeviceOptions> common, IReadOnlyList<DeviceOptions> own) =>
        common.Select(c => own.FirstOrDefault(o => o.Id is not null && o.Id == c.Id) ?? c)
            .Concat(own.Where(o => o.Id is null || !common.Any(c => c.Id == o.Id)));

    private static OptionValue<DeviceArguments> AsOption(DeviceOptions device)
    {
        string driver = device.Driver.ToWireName();
        return new("device", device.Id ?? driver, new DeviceArguments(driver, device.Id, null, [], false) { Own = device });
    }

    private static JObject Parse(ReadOnlySpan<byte> message)
    {
        using var reader = new QmpJsonReader(message);
        return JObject.Load(reader);
    }
}
