using System.Globalization;

namespace Qmp.Emulator.Machines;

/// <summary>A kind of machine.</summary>
/// <param name="Name">Its full name, which the migration stream carries.</param>
/// <param name="RamId">The name of its RAM block.</param>
/// <param name="DefaultMemory">Bytes of memory without <c>-m</c>.</param>
/// <param name="MaxCpus">How many CPUs <c>-smp</c> may ask for.</param>
internal sealed record MachineType(string Name, string RamId, ulong DefaultMemory, int MaxCpus)
{
    private const string Latest = "10.0";

    // The blocks of QEMU's PCs without devices, of every release. So a stream of theirs is refused at the first device
    // that is not here, and not at a block.
    private static readonly FirmwareBlock[] FirmwareOfPc =
    [
        new("/rom@etc/acpi/tables", 128 << 10, 2 << 20),
        new("pc.bios", 256 << 10, 256 << 10) { Address = (4UL << 30) - (256 << 10) },
        new("pc.rom", 128 << 10, 128 << 10),
        new("/rom@etc/table-loader", 4 << 10, 64 << 10),
        new("/rom@etc/acpi/rsdp", 4 << 10, 4 << 10),
    ];

    // The releases whose machine types QEMU 10.0 still has. The stream of all of them is the newest one's.
    private static readonly string[] Releases =
    [
        "2.4", "2.5", "2.6", "2.7", "2.8", "2.9", "2.10", "2.11", "2.12", "3.0", "3.1", "4.0", "4.1", "4.2", "5.0",
        "5.1", "5.2", "6.0", "6.1", "6.2", "7.0", "7.1", "7.2", "8.0", "8.1", "8.2", "9.0", "9.1", "9.2", Latest,
    ];

    /// <summary>The RAM blocks beside the memory, in the order in which a migration sends them.</summary>
    public IReadOnlyList<FirmwareBlock> Firmware { get; init; } = [];

    /// <summary>The machine type of that name or alias, or <see langword="null"/>.</summary>
    public static MachineType? Find(string name)
    {
        if (name == "none") return new MachineType("none", "ram", 0, 1);
        if (name == "pc") name = "pc-i440fx-" + Latest;
        if (name == "q35") name = "pc-q35-" + Latest;
        return Versioned(name, "pc-i440fx-", 255) ?? Versioned(name, "pc-q35-", 4096);
    }

    /// <summary>All machine types, as <c>-machine help</c> lists them.</summary>
    public static string Help()
    {
        var text = new System.Text.StringBuilder("Supported machines are:\n");
        foreach (string release in Releases.Reverse())
        {
            bool latest = release == Latest;
            Append("pc-i440fx-" + release, "Standard PC (i440FX + PIIX, 1996)" + (latest ? " (alias pc)" : ""));
            Append("pc-q35-" + release, "Standard PC (Q35 + ICH9, 2009)" + (latest ? " (alias q35)" : ""));
        }

        Append("none", "empty machine (default)");
        return text.ToString();

        void Append(string name, string what) => text.Append(CultureInfo.InvariantCulture, $"{name,-20} {what}\n");
    }

    private static MachineType? Versioned(string name, string prefix, int maxCpus) =>
        name.StartsWith(prefix, StringComparison.Ordinal) && Releases.Contains(name[prefix.Length..])
            ? new MachineType(name, "pc.ram", 128 << 20, maxCpus) { Firmware = FirmwareOfPc }
            : null;
}
