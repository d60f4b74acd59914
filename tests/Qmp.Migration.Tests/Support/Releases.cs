using Qmp.Emulator.Versions;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Serilog;

namespace Qmp.Migration.Tests.Support;

/// <summary>A release of QEMU, and who counts the acks of its switchover.</summary>
public enum Release
{
    /// <summary>QEMU 10.0.</summary>
    Ten,

    /// <summary>QEMU 11.1, whose destination counts.</summary>
    ElevenLegacy,

    /// <summary>QEMU 11.1, whose source counts.</summary>
    Eleven,
}

/// <summary>Machines of releases.</summary>
internal static class Releases
{
    /// <summary>A machine that migrates as a release does.</summary>
    public static TestMachine Machine(
        this Release release,
        Timeline timeline,
        IMigrationConnector connector,
        string name,
        ulong ram = 1 << 20,
        List<string>? transcript = null,
        ILogger? logger = null)
    {
        QemuVersion version = release == Release.Ten ? QemuVersion.Qemu10_0 : QemuVersion.Qemu11_1;
        var machine = new TestMachine(
            timeline, connector, name, ram, transcript, logger: logger, rules: version.Migration);
        machine.Core.Options.SwitchoverAckLegacy = release == Release.ElevenLegacy;
        return machine;
    }
}
