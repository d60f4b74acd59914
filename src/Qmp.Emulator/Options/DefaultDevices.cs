using Qmp.Emulator.Catalogue;

namespace Qmp.Emulator.Options;

/// <summary>What a machine has without being asked, as far as the command line leaves it that.</summary>
/// <param name="Cdrom">An empty CD-ROM drive.</param>
/// <param name="Floppy">An empty floppy drive.</param>
/// <param name="Video">A display adapter.</param>
/// <param name="Network">A network card.</param>
internal sealed record DefaultDevices(bool Cdrom, bool Floppy, bool Video, bool Network)
{
    private static readonly string[] Serials = ["isa-serial"];
    private static readonly string[] Parallels = ["isa-parallel"];
    private static readonly string[] Floppies = ["isa-fdc", "floppy"];
    private static readonly string[] Cdroms = ["ide-cd", "ide-hd", "scsi-cd", "scsi-hd"];

    private static readonly string[] Videos =
    [
        "VGA", "isa-vga", "cirrus-vga", "isa-cirrus-vga", "vmware-svga", "qxl-vga", "virtio-vga", "ati-vga", "vhost-user-vga", "virtio-vga-gl",
        "virtio-vga-rutabaga",
    ];

    /// <summary>Finds out what a machine has.</summary>
    public static DefaultDevices Of(GivenOptions given, MachineType type)
    {
        if (given.Has(OptionTable.NoDefaults)) return new DefaultDevices(false, false, false, false);
        bool network = !given.Has(OptionTable.Network) && !given.Has(OptionTable.NetworkCard) && !given.Has(OptionTable.Netdev);
        if (!type.IsPc) return new DefaultDevices(false, false, false, network);
        string? video = given.Last(OptionTable.Video)?.Value;
        return new DefaultDevices(
            !Has(given, Cdroms),
            type.IsPiix && !Has(given, Floppies),
            video is null && !Has(given, Videos),
            network);
    }

    /// <summary>Adds the ports and the monitor that nobody has asked for.</summary>
    public static void AddTo(CommandLineParser parser, MachineType type)
    {
        GivenOptions given = parser.Given;
        if (given.Has(OptionTable.NoDefaults)) return;
        Option[] monitors = [OptionTable.Qmp, OptionTable.PrettyQmp, OptionTable.HumanMonitor, OptionTable.Monitor];
        bool needsMonitor = !monitors.Any(given.Taken.Contains);
        bool needsSerial = type.IsPc && !given.Taken.Contains(OptionTable.Serial) && !Has(given, Serials);
        bool needsParallel = type.IsPc && !given.Taken.Contains(OptionTable.Parallel) && !Has(given, Parallels);
        bool isOnTerminal = given.Has(OptionTable.NoGraphic);
        if (needsParallel) OptionTable.Parallel.Take(isOnTerminal ? "null" : "vc", parser);
        if (isOnTerminal && needsSerial && needsMonitor)
        {
            OptionTable.Serial.Take("mon:stdio", parser);
            return;
        }

        if (needsSerial) OptionTable.Serial.Take(isOnTerminal ? "stdio" : "vc", parser);
        if (needsMonitor) OptionTable.HumanMonitor.Take(isOnTerminal ? "stdio" : "vc", parser);
    }

    private static bool Has(GivenOptions given, string[] types) => given.All(OptionTable.Device).Any(d => types.Contains(d.Value.Driver));
}
