using Qmp.Migration.SaveState.VmState;

namespace Qmp.Devices.Processor;

/// <summary>Registers that a processor of QEMU's has and ours has not. Their values are those after a reset, until others are received.</summary>
internal static class UnusedState
{
    private static readonly (string Name, int Version) OfSegment = ("segment", 1);

    public static IEnumerable<VmStateField> FloatingPoint() =>
    [
        UInt16("env.fpuc", 0x37f),
        UInt16("env.fpus_vmstate"),
        UInt16("env.fptag_vmstate"),
        UInt16("env.fpregs_format_vmstate"),
        VmStateField.Array("env.fpregs", 8, _ => VmStateField.Struct("env.fpregs", ("fpreg", 0),
        [
            VmStateField.Struct("tmp", ("fpreg_tmp", 0), [UInt64("tmp_mant"), UInt16("tmp_exp")], isTemporary: true),
        ])),
    ];

    public static VmStateField Segment(string name, uint flags) =>
        VmStateField.Struct(name, OfSegment, [UInt32("selector"), UInt64("base"), UInt32("limit", 0xffff), UInt32("flags", flags)]);

    public static IEnumerable<VmStateField> SystemCalls() =>
        [UInt32("env.sysenter_cs"), UInt64("env.sysenter_esp"), UInt64("env.sysenter_eip")];

    public static VmStateField Debugging() => Numbers("env.dr", 8, i => i switch
    {
        6 => 0xffff0ff0,
        7 => 0x400,
        _ => 0,
    });

    public static IEnumerable<VmStateField> Vectors() =>
    [
        UInt32("env.mxcsr", 0x1f80),
        VmStateField.Array("env.xmm_regs[0]", 16, _ => VmStateField.Struct("env.xmm_regs[0]", ("xmm_reg", 1), [UInt64("_q_ZMMReg[0]"), UInt64("_q_ZMMReg[1]")])),
        UInt64("env.efer"),
        UInt64("env.star"),
        UInt64("env.lstar"),
        UInt64("env.cstar"),
        UInt64("env.fmask"),
        UInt64("env.kernelgsbase"),
    ];

    public static IEnumerable<VmStateField> Virtualization() =>
    [
        UInt32("env.smbase", 0x30000),
        UInt64("env.pat", 0x0007_0406_0007_0406),
        UInt32("env.hflags2", 0x101),
        UInt64("env.vm_hsave"),
        UInt64("env.vm_vmcb"),
        UInt64("env.tsc_offset"),
        UInt64("env.intercept"),
        UInt16("env.intercept_cr_read"),
        UInt16("env.intercept_cr_write"),
        UInt16("env.intercept_dr_read"),
        UInt16("env.intercept_dr_write"),
        UInt32("env.intercept_exceptions"),
        UInt8("env.v_tpr"),
    ];

    public static IEnumerable<VmStateField> MemoryTypes() =>
    [
        Numbers("env.mtrr_fixed", 11, _ => 0),
        UInt64("env.mtrr_deftype"),
        VmStateField.Array("env.mtrr_var", 8, _ => VmStateField.Struct("env.mtrr_var", ("mtrr_var", 1), [UInt64("base"), UInt64("mask")])),
    ];

    public static IEnumerable<VmStateField> Events() =>
    [
        Int32("env.interrupt_injected", -1),
        UInt32("env.mp_state"),
        UInt64("env.tsc"),
        Int32("env.exception_nr", -1),
        UInt8("env.soft_interrupt"),
        UInt8("env.nmi_injected"),
        UInt8("env.nmi_pending"),
        UInt8("env.has_error_code"),
        UInt32("env.sipi_vector"),
    ];

    public static IEnumerable<VmStateField> MachineChecks() =>
    [
        UInt64("env.mcg_cap", 0x100010a),
        UInt64("env.mcg_status"),
        UInt64("env.mcg_ctl", ulong.MaxValue),
        Numbers("env.mce_banks", 40, i => i % 4 == 0 ? ulong.MaxValue : 0),
    ];

    public static IEnumerable<VmStateField> Extensions() =>
    [
        UInt64("env.tsc_aux"),
        UInt64("env.system_time_msr"),
        UInt64("env.wall_clock_msr"),
        UInt64("env.xcr0", 1),
        UInt64("env.xstate_bv"),
        VmStateField.Array("env.xmm_regs[1]", 16, _ => VmStateField.Struct("env.xmm_regs[1]", ("ymmh_reg", 1), [UInt64("_q_ZMMReg[2]"), UInt64("_q_ZMMReg[3]")])),
    ];

    /// <summary>A number that QEMU's firmware may have changed; sent if it differs from what it is after a reset.</summary>
    public static VmStateSubsection Subsection(string name, ulong byDefault)
    {
        ulong number = byDefault;
        var state = new VmStateDescription
        {
            Name = $"cpu/{name}",
            Version = 1,
            MinimumVersion = 1,
            Fields = [VmStateField.UInt64($"env.{name}", () => number, value => number = value)],
        };
        return new VmStateSubsection(state, () => number != byDefault);
    }

    private static VmStateField Numbers(string name, int count, Func<int, ulong> value) =>
        VmStateField.Array(name, count, i => UInt64(name, value(i)));

    private static VmStateField UInt64(string name, ulong value = 0) => VmStateField.UInt64(name, () => value, v => value = v);

    private static VmStateField UInt32(string name, uint value = 0) => VmStateField.UInt32(name, () => value, v => value = v);

    private static VmStateField Int32(string name, int value) => VmStateField.Int32(name, () => value, v => value = v);

    private static VmStateField UInt16(string name, ushort value = 0) => VmStateField.UInt16(name, () => value, v => value = v);

    private static VmStateField UInt8(string name) => UInt8(name, 0);

    private static VmStateField UInt8(string name, byte value) => VmStateField.UInt8(name, () => value, v => value = v);
}
