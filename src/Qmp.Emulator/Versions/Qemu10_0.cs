using Qmp.Types;

#pragma warning disable CS0618 // what is deprecated is there all the same

namespace Qmp.Emulator.Versions;

public sealed partial record QemuVersion
{
    /// <summary>QEMU 10.0, of April 2025: what distributions ship for years to come.</summary>
    public static QemuVersion Qemu10_0 { get; } = new()
    {
        Name = "10.0",
        Release = new Version(10, 0, 2),
        Symbols = [],
        MachineReleases =
        [
            "2.4", "2.5", "2.6", "2.7", "2.8", "2.9", "2.10", "2.11", "2.12", "3.0", "3.1", "4.0", "4.1", "4.2", "5.0",
            "5.1", "5.2", "6.0", "6.1", "6.2", "7.0", "7.1", "7.2", "8.0", "8.1", "8.2", "9.0", "9.1", "9.2", "10.0",
        ],
        LastDeprecatedMachineRelease = "7.0",
        MachineReleasesOfQ35 = ["4.0.1"],
        MachinesWithoutRelease =
        [
            ("isapc", "ISA-only PC"), ("none", "empty machine"), ("x-remote", "Experimental remote machine"),
        ],
        Chardevs =
        [
            ChardevBackendKind.Stdio, ChardevBackendKind.Ringbuf, ChardevBackendKind.Pipe, ChardevBackendKind.Pty,
            ChardevBackendKind.Null, ChardevBackendKind.Socket, ChardevBackendKind.Vc, ChardevBackendKind.Memory,
            ChardevBackendKind.File,
        ],
        Netdevs =
        [
            NetClientDriver.Socket, NetClientDriver.Stream, NetClientDriver.Dgram, NetClientDriver.Hubport,
            NetClientDriver.Tap, NetClientDriver.User, NetClientDriver.L2tpv3, NetClientDriver.Vde,
            NetClientDriver.Bridge, NetClientDriver.VhostUser, NetClientDriver.VhostVdpa,
        ],
    };
}
