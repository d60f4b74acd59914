using System.Globalization;
using Qmp.Api;
using Qmp.Emulator.Control;
using Qmp.Emulator.Machines;
using Qmp.Machine;
using Qmp.Protocol.Messages;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of machine.json.</summary>
internal sealed class MachineCommands(
    VirtualMachine machine,
    ShutdownController shutdown,
    SavedMemory saved,
    BuiltMachine built,
    SimulatedGuest guest,
    ulong memory,
    Preconfiguration preconfiguration) : IMachineCommands
{
    public ValueTask<UuidInfo> QueryUuidAsync(QueryUuidArguments arguments, CancellationToken cancellationToken) =>
        new(new UuidInfo { Uuid = (machine.Identity.Uuid ?? Guid.Empty).ToString("D") });

    public ValueTask<TargetInfo> QueryTargetAsync(QueryTargetArguments arguments, CancellationToken cancellationToken) =>
        new(new TargetInfo { Arch = SysEmuTarget.X86_64 });

    // As a QEMU that was built with KVM and does not use it.
    public ValueTask<KvmInfo> QueryKvmAsync(QueryKvmArguments arguments, CancellationToken cancellationToken) =>
        new(new KvmInfo { Enabled = false, Present = true });

    // An interpreter runs the guest's code, which TCG comes nearest to.
    public ValueTask<AcceleratorInfo> QueryAcceleratorsAsync(
        QueryAcceleratorsArguments arguments, CancellationToken cancellationToken) =>
        new(new AcceleratorInfo
        {
            Enabled = Accelerator.Tcg,
            Present = [Accelerator.Kvm, Accelerator.Mshv, Accelerator.Qtest, Accelerator.Tcg],
        });

    public ValueTask SystemResetAsync(SystemResetArguments arguments, CancellationToken cancellationToken) =>
        shutdown.ResetAsync(ShutdownCause.HostQmpSystemReset);

    public ValueTask SystemPowerdownAsync(
        SystemPowerdownArguments arguments, CancellationToken cancellationToken)
    {
        shutdown.PowerDown();
        return ValueTask.CompletedTask;
    }

    public ValueTask SystemWakeupAsync(SystemWakeupArguments arguments, CancellationToken cancellationToken) =>
        built.Type.IsPc ? shutdown.WakeUpAsync() : throw new CommandException("wake-up from suspend is not supported by this guest");

    // No processor here takes notice of it.
    public ValueTask InjectNmiAsync(InjectNmiArguments arguments, CancellationToken cancellationToken) => built.Type.IsPc
        ? ValueTask.CompletedTask
        : throw new CommandException("machine does not provide NMIs");

    // Processors that have not left their first mode see 4 GiB, each address where it is.
    public ValueTask MemsaveAsync(MemsaveArguments arguments, CancellationToken cancellationToken)
    {
        saved.Check();
        if (!built.Processors.Has(arguments.CpuIndex ?? 0))
        {
            throw new CommandException("Parameter 'cpu-index' expects a CPU number");
        }

        if (arguments.Val > uint.MaxValue)
        {
            throw new CommandException(string.Create(
                CultureInfo.InvariantCulture, $"Invalid addr 0x{arguments.Val:x16}/size {arguments.Size} specified"));
        }

        return saved.SaveAsync(new PmemsaveArguments { Val = arguments.Val, Size = arguments.Size, Filename = arguments.Filename });
    }

    public ValueTask PmemsaveAsync(PmemsaveArguments arguments, CancellationToken cancellationToken) => saved.SaveAsync(arguments);

    public ValueTask<IReadOnlyList<CpuInfoFast>> QueryCpusFastAsync(
        QueryCpusFastArguments arguments, CancellationToken cancellationToken) => new(built.Processors.List());

    public ValueTask<IReadOnlyList<MachineInfo>> QueryMachinesAsync(
        QueryMachinesArguments arguments, CancellationToken cancellationToken) =>
        new(new RecordedReplies(built.Version.Recorded).Machines(arguments.CompatProps ?? false));

    public ValueTask<CurrentMachineParams> QueryCurrentMachineAsync(
        QueryCurrentMachineArguments arguments, CancellationToken cancellationToken) =>
        new(new CurrentMachineParams { WakeupSuspendSupport = built.Type.IsPc });

    public ValueTask<IReadOnlyList<Memdev>> QueryMemdevAsync(
        QueryMemdevArguments arguments, CancellationToken cancellationToken) =>
        new([.. built.Objects.All.Select(MemoryObjects.Describe).OfType<Memdev>().Where(m => !preconfiguration.IsActive || m.Id != built.Type.RamId)]);

    public ValueTask<IReadOnlyList<HotpluggableCPU>> QueryHotpluggableCpusAsync(
        QueryHotpluggableCpusArguments arguments, CancellationToken cancellationToken) => built.Processors.HasAny
        ? new(built.Processors.Places(areFilled: !preconfiguration.IsActive))
        : throw new CommandException("machine does not support hot-plugging CPUs");

    public ValueTask BalloonAsync(BalloonArguments arguments, CancellationToken cancellationToken)
    {
        CheckBalloon();
        if (arguments.Value <= 0) throw new CommandException("Parameter 'value' expects a size");
        guest.Balloon((ulong)arguments.Value);
        return ValueTask.CompletedTask;
    }

    public ValueTask<BalloonInfo> QueryBalloonAsync(QueryBalloonArguments arguments, CancellationToken cancellationToken)
    {
        CheckBalloon();
        return new(new BalloonInfo { Actual = guest.Actual });
    }

    public ValueTask<MemoryInfo> QueryMemorySizeSummaryAsync(
        QueryMemorySizeSummaryArguments arguments, CancellationToken cancellationToken) =>
        new(new MemoryInfo { BaseMemory = memory, PluggedMemory = built.MemoryDevices.Total });

    public ValueTask<IReadOnlyList<MemoryDeviceInfo>> QueryMemoryDevicesAsync(
        QueryMemoryDevicesArguments arguments, CancellationToken cancellationToken) => new(built.MemoryDevices.List());

    private void CheckBalloon()
    {
        if (built.Plugged.Devices.Any(d => d.Type?.Name.StartsWith("virtio-balloon", StringComparison.Ordinal) == true)) return;
        throw new CommandException(new QmpError("DeviceNotActive", "No balloon device has been activated"));
    }

    public ValueTask<HvBalloonInfo> QueryHvBalloonStatusReportAsync(
        QueryHvBalloonStatusReportArguments arguments, CancellationToken cancellationToken) =>
        throw new CommandException("no hv-balloon device present");

    public ValueTask<GuidInfo> QueryVmGenerationIdAsync(QueryVmGenerationIdArguments arguments, CancellationToken cancellationToken) =>
        built.Plugged.Devices.FirstOrDefault(d => d.Type?.Name == "vmgenid") is { } device
            ? new(new GuidInfo { Guid = (string)device.Node.Property("guid").Get()! })
            : throw new CommandException("VM Generation ID device not found");

    public ValueTask<HumanReadableText> XQueryInterruptControllersAsync(
        XQueryInterruptControllersArguments arguments, CancellationToken cancellationToken) => Text("");

    public ValueTask<HumanReadableText> XQueryIrqAsync(XQueryIrqArguments arguments, CancellationToken cancellationToken) => Text("");

    // Asked of QEMU with another accelerator, the same.
    public ValueTask<HumanReadableText> XQueryJitAsync(XQueryJitArguments arguments, CancellationToken cancellationToken) =>
        throw new CommandException("JIT information is only available with accel=tcg");

    public ValueTask<HumanReadableText> XQueryOpcountAsync(XQueryOpcountArguments arguments, CancellationToken cancellationToken) =>
        throw new CommandException("Opcode count information is only available with accel=tcg");

    public ValueTask<HumanReadableText> XQueryNumaAsync(XQueryNumaArguments arguments, CancellationToken cancellationToken) =>
        Text(MachineTexts.Nodes(built));

    public ValueTask<HumanReadableText> XQueryRamblockAsync(XQueryRamblockArguments arguments, CancellationToken cancellationToken) =>
        Text(MachineTexts.Blocks(machine.Memory));

    public ValueTask<HumanReadableText> XQueryRomsAsync(XQueryRomsArguments arguments, CancellationToken cancellationToken) => Text("");

    public ValueTask<HumanReadableText> XQueryUsbAsync(XQueryUsbArguments arguments, CancellationToken cancellationToken) =>
        throw new CommandException("USB support not enabled");

    private static ValueTask<HumanReadableText> Text(string text) => new(new HumanReadableText { HumanReadableTextMember = text });
}
