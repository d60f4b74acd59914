namespace Qmp.TestSupport;

/// <summary>Servers that the same tests run against.</summary>
public enum ServerKind
{
    /// <summary>Our emulator, in this process.</summary>
    Emulator,

    /// <summary>A real QEMU 10.0.2, where it is installed.</summary>
    Qemu,

    /// <summary>A real QEMU 7.2, where it is installed.</summary>
    OlderQemu,
}
