namespace Qmp.Emulator.Versions;

public sealed partial record QemuVersion
{
    /// <summary>QEMU 10.0, of April 2025: what distributions ship for years to come.</summary>
    public static QemuVersion Qemu10_0 { get; } = new()
    {
        Name = "10.0",
        Release = new Version(10, 0, 2),
        Symbols = [],
    };
}
