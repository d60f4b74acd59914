using Qmp.Protocol.Json;

namespace Qmp.Emulator.Versions;

public sealed partial record QemuVersion
{
    /// <summary>QEMU 11.1, of August 2026.</summary>
    public static QemuVersion Qemu11_1 { get; } = new()
    {
        Name = "11.1",
        Release = new Version(11, 1, 3),
        Symbols = ["QEMU_11_1"],
        Json = JsonDialect.Qemu11,
    };
}
