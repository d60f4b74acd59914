namespace Qmp.Interop.Emulators;

/// <summary>Whose program it is.</summary>
internal enum EmulatorKind
{
    /// <summary>QEMU, where one is installed.</summary>
    Qemu,

    /// <summary>Ours, built beside this one.</summary>
    Qmpd,
}
