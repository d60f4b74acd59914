using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.Emulator.Recorded;
using Qmp.Emulator.Versions;

namespace Qmp.Emulator.Catalogue;

/// <summary>A kind of machine.</summary>
/// <param name="Name">Its full name, which the migration stream carries.</param>
/// <param name="RamId">The name of its RAM block.</param>
/// <param name="DefaultMemory">Bytes of memory without <c>-m</c>.</param>
/// <param name="MaxCpus">How many CPUs <c>-smp</c> may ask for.</param>
internal sealed record MachineType(string Name, string RamId, ulong DefaultMemory, int MaxCpus)
{
    private const string Pc = "pc-i440fx-";
    private const string Q35 = "pc-q35-";

    private static readonly Version LastWithSockets = new(6, 1);

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

    /// <summary>The RAM blocks beside the memory, in the order in which a migration sends them.</summary>
    public IReadOnlyList<FirmwareBlock> Firmware { get; init; } = [];

    /// <summary>Whether it is a PC: it has CPUs, if only in name, and what firmware and a display need.</summary>
    public bool IsPc => Firmware.Count > 0;

    /// <summary>Whether it is a PC with the older chipset.</summary>
    public bool IsPiix => Name.StartsWith(Pc, StringComparison.Ordinal);

    /// <summary>Whether it is a PC with the newer chipset.</summary>
    public bool IsQ35 => Name.StartsWith(Q35, StringComparison.Ordinal);

    /// <summary>Whether its CPUs have dies and modules.</summary>
    public bool HasDies => IsPc;

    /// <summary>Whether CPUs without a topology are sockets, as before release 6.2, and not cores.</summary>
    public bool PrefersSockets { get; init; }

    /// <summary>The machine type without <c>-machine</c>.</summary>
    public const string Default = "pc";

    /// <summary>The machine type of that name or alias in a QEMU, or <see langword="null"/>.</summary>
    public static MachineType? Find(string name, QemuVersion version)
    {
        if (name == "none") return new MachineType("none", "ram", 0, 1);
        if (name == "pc") name = Pc + version.MachineReleases[^1];
        if (name == "q35") name = Q35 + version.MachineReleases[^1];
        return Versioned(name, Pc, version, _ => 255) ?? Versioned(name, Q35, version, MostOnQ35) ?? Recorded(name, version.Recorded);
    }

    // What only QEMU knows more of: the name, the memory and the number of CPUs will do.
    private static MachineType? Recorded(string name, RecordedCatalogue recorded)
    {
        JToken? machine = recorded.Machines.FirstOrDefault(m => (string?)m["name"] == name || (string?)m["alias"] == name);
        return machine is null
            ? null
            : new MachineType((string)machine["name"]!, (string?)machine["default-ram-id"] ?? "ram", 128 << 20, (int)machine["cpu-max"]!)
            {
                Firmware = machine["default-cpu-type"] is null ? [] : FirmwareOfPc,
            };
    }

    /// <summary>All machine types of a QEMU, as <c>-machine help</c> lists them.</summary>
    public static string Help(QemuVersion version)
    {
        var text = new StringBuilder("Supported machines are:\n");
        int lastDeprecated = version.MachineReleases.ToList().IndexOf(version.LastDeprecatedMachineRelease);
        string[] deprecated = [.. version.MachineReleases.Take(lastDeprecated + 1), .. version.MachineReleasesOfQ35];
        Append("microvm", "microvm (i386)");
        Family("pc", Pc, "Standard PC (i440FX + PIIX, 1996)", version.MachineReleases);
        Family("q35", Q35, "Standard PC (Q35 + ICH9, 2009)", [.. version.MachineReleases, .. version.MachineReleasesOfQ35]);
        foreach ((string name, string what) in version.MachinesWithoutRelease) Append(name, what);
        return text.ToString();

        void Family(string alias, string prefix, string what, IReadOnlyList<string> releases)
        {
            // QEMU sorts by the text of the release.
            foreach (string release in releases.OrderDescending(StringComparer.Ordinal))
            {
                bool isLatest = release == version.MachineReleases[^1];
                if (isLatest) Append(alias, $"{what} (alias of {prefix}{release})");
                bool isDefault = isLatest && alias == Default;
                Append(prefix + release, what + (deprecated.Contains(release) ? " (deprecated)" : isDefault ? " (default)" : ""));
            }
        }

        void Append(string name, string what) => text.Append(CultureInfo.InvariantCulture, $"{name,-20} {what}\n");
    }

    private static MachineType? Versioned(string name, string prefix, QemuVersion version, Func<Version, int> maxCpus)
    {
        if (!name.StartsWith(prefix, StringComparison.Ordinal) || !version.MachineReleases.Contains(name[prefix.Length..])) return null;
        var release = Version.Parse(name[prefix.Length..]);
        return new MachineType(name, "pc.ram", 128 << 20, maxCpus(release))
        {
            Firmware = FirmwareOfPc,
            PrefersSockets = release <= LastWithSockets,
        };
    }

    private static int MostOnQ35(Version release) => (release.Major, release.Minor) switch
    {
        (2, < 8) => 255,
        ( < 8, _) or (8, 0) => 288,
        (8, _) => 1024,
        _ => 4096,
    };
}
