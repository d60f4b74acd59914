using Qmp.Migration.Rules;
using Qmp.Protocol.Json;
using Qmp.Types;

#pragma warning disable CS0618 // what is deprecated is there all the same

namespace Qmp.Emulator.Versions;

public sealed partial record QemuVersion
{
    /// <summary>QEMU 11.1, of August 2026.</summary>
    public static QemuVersion Qemu11_1 { get; } = new()
    {
        Name = "11.1",
        Release = new Version(11, 1, 3),
        Symbols = ["QEMU_11_1"],
        MachineReleases =
        [
            "5.2", "6.0", "6.1", "6.2", "7.0", "7.1", "7.2", "8.0", "8.1", "8.2", "9.0", "9.1", "9.2", "10.0", "10.1",
            "10.2", "11.0", "11.1",
        ],
        LastDeprecatedMachineRelease = "8.1",
        MachinesWithoutRelease =
        [
            ("isapc", "ISA-only PC"), ("nitro", "Nitro Enclave"), ("none", "empty machine"),
            ("x-remote", "Experimental remote machine"),
        ],
        Chardevs =
        [
            ChardevBackendKind.Ringbuf, ChardevBackendKind.Pipe, ChardevBackendKind.Pty, ChardevBackendKind.Null,
            ChardevBackendKind.Socket, ChardevBackendKind.Vc, ChardevBackendKind.Memory, ChardevBackendKind.File,
            ChardevBackendKind.Stdio,
        ],
        Netdevs =
        [
            NetClientDriver.Socket, NetClientDriver.Stream, NetClientDriver.Dgram, NetClientDriver.Hubport,
            NetClientDriver.Tap, NetClientDriver.Passt, NetClientDriver.User, NetClientDriver.L2tpv3,
            NetClientDriver.Vde, NetClientDriver.Bridge, NetClientDriver.VhostUser, NetClientDriver.VhostVdpa,
        ],
        FurtherContainers = ["audiodevs"],
        MonitorsAreObjects = true,
        GroupsMigrationText = true,
        GuardsIncomingMemory = true,
        Iothreads = new IothreadDefaults(PollGrow: 2, PollShrink: 2, PollWeight: 3),
        Json = JsonDialect.Qemu11,
        Migration = new MigrationRules
        {
            ShowsFailing = true,
            CancelsAfterConnecting = true,
            CancelledInPause = "Switchover is interrupted",
            RestFailure = "Failed to save iterable device state: ",
            ActiveOnFirstBytes = true,
            PassesAreCounts = true,
            EstimatesStopCopy = true,
            ExpectsDowntimeOfAll = true,
            ReportsLoadReasons = true,
            LastLegacyAckMachine = new Version(11, 0),
            AllowsPostcopyWithMultifd = true,
            AwaitsPackage = true,
            CountsBeforePostcopy = true,
            ListsCprDevices = true,
            YanksBeforeConnecting = true,
            ColoNeedsReturnPath = true,
            LostCapabilities = [MigrationCapability.ZeroBlocks],
            NewParameters = ["x-rdma-chunk-size", "cpr-exec-command"],
            NewProperties = new Dictionary<string, MigrationCapability>
            {
                ["x-ignore-shared"] = MigrationCapability.XIgnoreShared,
            },
            CallsParametersOptions = true,
            ChecksAddressOptions = true,
            RefusesFilesByDescriptor = true,
        },
    };
}
