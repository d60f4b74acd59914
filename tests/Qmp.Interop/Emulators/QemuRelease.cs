namespace Qmp.Interop.Emulators;

/// <summary>The release of QEMU that a program is, or plays.</summary>
internal enum QemuRelease
{
    /// <summary>10.0.</summary>
    Ten,

    /// <summary>11.1.</summary>
    Eleven,
}
