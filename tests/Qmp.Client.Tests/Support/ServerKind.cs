namespace Qmp.Client.Tests.Support;

/// <summary>Servers that the same tests run against.</summary>
public enum ServerKind
{
    /// <summary>Our emulator, in this process.</summary>
    Emulator,

    /// <summary>A real QEMU, where one is installed.</summary>
    Qemu,
}
