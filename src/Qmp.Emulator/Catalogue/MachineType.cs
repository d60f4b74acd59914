using System.Globalization;
using Newtonsoft.Json.Linq;
using Qmp.Emulator.Recorded;

namespace Qmp.Emulator.Catalogue;

/// <summary>A kind of machine.</summary>
/// <param name="Name">Its full name, which the migration stream carries.</param>
/// <param name="RamId">The name of its RAM block.</param>
/// <param name="DefaultMemory">Bytes of memory without <c>-m</c>.</param>
/// <param name="MaxCpus">How many CPUs <c>-smp</c> may ask for.</param>
internal sealed record MachineType(string Name, string RamId, ulong DefaultMemory, int MaxCpus)
{
    private const string Latest = "10.0";
    private const string LastDeprecated = "7.0";

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
    private static readonly List<string> Releases =
    [
        "2.4", "2.5", "2.6", "2.7", "2.8", "2.9", "2.10", "2.11", "2.12", "3.0", "3.1", "4.0", "4.1", "4.2", "5.0",
        "5.1", "5.2", "6.0", "6.1", "6.2", "7.0", "7.1", "7.2", "8.0", "8.1", "8.2", "9.0", "9.1", "9.2", Latest,
    ];

    /// <summary>The RAM blocks beside the memory, in the order in which a migration sends them.</summary>
    public IReadOnlyList<FirmwareBlock> Firmware { get; init; } = [];

    /// <summary>Whether it is a PC: it has CPUs, if only in name, and what firmware and a display need.</summary>
    public bool IsPc => Firmware.Count > 0;

    /// <summary>Whether it is a PC with the older chipset.</summary>
    public bool IsPiix => Name.StartsWith("pc-i440fx-", StringComparison.Ordinal);

    /// <summary>Whether it is a PC with the newer chipset.</summary>
    public bool IsQ35 => Name.StartsWith("pc-q35-", StringComparison.Ordinal);

    /// <summary>Whether its CPUs have dies and modules.</summary>
    public bool HasDies => IsPc;

    /// <summary>Whether CPUs without a topology are sockets, as before release 6.2, and not cores.</summary>
    public bool PrefersSockets { get; init; }

    /// <summary>The machine type without <c>-machine</c>.</summary>
    public const string Default = "pc";

    /// <summary>The machine type of that name or alias, or <see langword="null"/>.</summary>
    public static MachineType? Find(string name)
    {
        if (name == "none") return new MachineType("none", "ram", 0, 1);
        if (name == "pc") name = "pc-i440fx-" + Latest;
        if (name == "q35") name = "pc-q35-" + Latest;
        return Versioned(name, "pc-i440fx-", 255) ?? Versioned(name, "pc-q35-", 4096) ?? Recorded(name);
    }

    // What only QEMU knows more of: the name, the memory and the number of CPUs will do.
    private static MachineType? Recorded(string name)
    {
        JToken? machine = RecordedCatalogue.Current.Machines.FirstOrDefault(m => (string?)m["name"] == name || (string?)m["alias"] == name);
        return machine is null
            ? null
            : new MachineType((string)machine["name"]!, (string?)machine["default-ram-id"] ?? "ram", 128 << 20, (int)machine["cpu-max"]!)
            {
                Firmware = machine["default-cpu-type"] is null ? [] : FirmwareOfPc,
            };
    }

    /// <summary>All machine types, as <c>-machine help</c> lists them.</summary>
    public static string Help()
    {
        var text = new System.Text.StringBuilder("Supported machines are:\n");
        Family("pc", "pc-i440fx-", "Standard PC (i440FX + PIIX, 1996)");
        Family("q35", "pc-q35-", "Standard PC (Q35 + ICH9, 2009)");
        Append("none", "empty machine");
        return text.ToString();

        void Family(string alias, string prefix, string what)
        {
            // QEMU sorts by the text of the release, but for the newest one, which comes last.
            foreach (string release in Releases.Where(r => r != Latest).OrderDescending(StringComparer.Ordinal))
            {
                bool isOld = Releases.IndexOf(release) <= Releases.IndexOf(LastDeprecated);
                Append(prefix + release, what + (isOld ? " (deprecated)" : ""));
            }

            Append(alias, $"{what} (alias of {prefix}{Latest})");
            Append(prefix + Latest, what + (alias == Default ? " (default)" : ""));
        }

        void Append(string name, string what) => text.Append(CultureInfo.InvariantCulture, $"{name,-20} {what}\n");
    }

    private static MachineType? Versioned(string name, string prefix, int maxCpus) =>
        name.StartsWith(prefix, StringComparison.Ordinal) && Releases.Contains(name[prefix.Length..])
            ? new MachineType(name, "pc.ram", 128 << 20, maxCpus)
            {
                Firmware = FirmwareOfPc,
                PrefersSockets = Releases.IndexOf(name[prefix.Length..]) <= Releases.IndexOf("6.1"),
            }
            : null;
}
