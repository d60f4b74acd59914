using Qmp.Cpu;
using Qmp.Cpu.Registers;
using Qmp.Migration.SaveState;
using Qmp.Migration.SaveState.VmState;

namespace Qmp.Devices.Processor;

/// <summary>The state of a processor: the sections <c>cpu_common</c> and <c>cpu</c>, as QEMU has them.</summary>
/// <remarks>What the processor does not have is sent as QEMU's is after a reset, and sent on as it came.</remarks>
public static class CpuDevice
{
    private const uint HardInterrupt = 2; // a bit of what a processor is asked for

    private const int WideRegisters = 16;

    /// <summary>Makes the entries of one processor, in their order.</summary>
    public static IReadOnlyList<SaveStateEntry> Create(GuestCpu cpu) => [new VmStateEntry(Common(cpu)), new VmStateEntry(State(cpu))];

    private static VmStateDescription Common(GuestCpu cpu)
    {
        uint requests = 0;
        return new VmStateDescription
        {
            Name = "cpu_common",
            Version = 1,
            MinimumVersion = 1,
            PreSave = () => requests &= ~HardInterrupt,
            Fields =
            [
                VmStateField.UInt32("halted", () => cpu.Registers.IsHalted ? 1u : 0, value => cpu.Registers.IsHalted = value != 0),
                VmStateField.UInt32("interrupt_request", () => requests, value => requests = value),
            ],
        };
    }

    private static VmStateDescription State(GuestCpu cpu)
    {
        CpuRegisters r = cpu.Registers;
        ulong[] upper = new ulong[WideRegisters];
        return new VmStateDescription
        {
            Name = "cpu",
            Version = 12,
            MinimumVersion = 12,
            PostLoad = cpu.Forget,
            Fields =
            [
                VmStateField.Array("env.regs", WideRegisters, i => VmStateField.UInt64(
                    "env.regs",
                    () => i < CpuRegisters.Count ? r[i] : upper[i],
                    value =>
                    {
                        if (i < CpuRegisters.Count) r[i] = (uint)value;
                        upper[i] = value;
                    })),
                VmStateField.UInt64("env.eip", () => r.Ip, value => r.Ip = (uint)value),
                VmStateField.UInt64("env.eflags", () => r.Flags.Value, value => r.Flags.Value = (uint)value),
                VmStateField.UInt32("env.hflags", () => HiddenFlags.Of(r), _ => { }),
                .. UnusedState.FloatingPoint(),
                .. Segments(r),
                .. UnusedState.SystemCalls(),
                VmStateField.UInt64("env.cr[0]", () => r.Cr0, value => r.Cr0 = (uint)value),
                VmStateField.UInt64("env.cr[2]", () => r.Cr2, value => r.Cr2 = (uint)value),
                VmStateField.UInt64("env.cr[3]", () => r.Cr3, value => r.Cr3 = (uint)value),
                VmStateField.UInt64("env.cr[4]", () => r.Cr4, value => r.Cr4 = (uint)value),
                UnusedState.Debugging(),
                VmStateField.Int32("env.a20_mask", () => (int)r.AddressMask, value => r.AddressMask = (uint)value),
                .. UnusedState.Vectors(),
                .. UnusedState.Virtualization(),
                .. UnusedState.MemoryTypes(),
                .. UnusedState.Events(),
                .. UnusedState.MachineChecks(),
                .. UnusedState.Extensions(),
            ],
            Subsections = [UnusedState.Subsection("poll_control_msr", 1), UnusedState.Subsection("msr_smi_count", 0)],
        };
    }

    private static IEnumerable<VmStateField> Segments(CpuRegisters r) =>
    [
        VmStateField.Array("env.segs", 6, i => Segment("env.segs", () => r.Segments[i], value => r.Segments[i] = value)),
        UnusedState.Segment("env.ldt", 0x8200),
        UnusedState.Segment("env.tr", 0x8b00),
        Segment("env.gdt", () => Of(r.Gdt), value => r.Gdt = new DescriptorTable(value.Base, value.Limit)),
        Segment("env.idt", () => Of(r.Idt), value => r.Idt = new DescriptorTable(value.Base, value.Limit)),
    ];

    private static SegmentRegister Of(DescriptorTable table) => new() { Base = table.Base, Limit = table.Limit };

    private static VmStateField Segment(string name, Func<SegmentRegister> get, Action<SegmentRegister> set) => VmStateField.Struct(name, ("segment", 1),
    [
        VmStateField.UInt32("selector", () => get().Selector, value => set(get() with { Selector = (ushort)value })),
        VmStateField.UInt64("base", () => get().Base, value => set(get() with { Base = (uint)value })),
        VmStateField.UInt32("limit", () => get().Limit, value => set(get() with { Limit = value })),
        VmStateField.UInt32("flags", () => get().Flags, value => set(get() with { Flags = value })),
    ]);
}
