using System.Globalization;
using Qmp.Emulator.Options;
using Qmp.Server.Dispatch;

namespace Qmp.Emulator.Blocks;

/// <summary>The drives of a command line: each gets a place, a name, and nodes. Texts are QEMU's.</summary>
/// <param name="graph">The nodes.</param>
/// <param name="disks">The disks.</param>
/// <param name="ownKind">What the machine connects drives to that say nothing.</param>
/// <param name="unitsOfIde">How many drives are on a bus of the machine's own disks.</param>
/// <param name="warnOfRaw">Is told of files that were taken for raw images.</param>
internal sealed class DriveTable(BlockGraph graph, Disks disks, string ownKind, int unitsOfIde, Action<string> warnOfRaw)
{
    private const int UnitsOfScsi = 7;

    /// <summary>What drives may be connected to, in the order of QEMU's numbers.</summary>
    public static string[] Kinds { get; } = ["none", "ide", "scsi", "floppy", "pflash", "mtd", "sd", "virtio", "xen"];

    private readonly List<PlacedDrive> _drives = [];

    /// <summary>The drives, in the order in which they came.</summary>
    public IReadOnlyList<PlacedDrive> All => _drives;

    /// <summary>The drive in a place; <see langword="null"/> if none is.</summary>
    public PlacedDrive? At(string kind, int bus, int unit) => _drives.FirstOrDefault(d => d.Kind == kind && d.Bus == bus && d.Unit == unit);

    /// <summary>Adds a drive.</summary>
    /// <exception cref="CommandLineException">It cannot be made.</exception>
    public void Add(OptionValue<DriveArguments> option)
    {
        try
        {
            _drives.Add(Make(option.Value, option));
        }
        catch (CommandException e)
        {
            throw option.Error(e.Message);
        }
    }

    /// <summary>Adds a drive while the machine runs, which no device uses yet.</summary>
    /// <exception cref="CommandException">It cannot be made.</exception>
    public PlacedDrive Add(DriveArguments drive)
    {
        PlacedDrive made = Make(drive, null);
        _drives.Add(made);
        return made;
    }

    /// <summary>Adds a drive that comes with the machine, unless there is one in its place.</summary>
    public void AddDefault(string? kind, int index, bool isCdrom)
    {
        (int bus, int unit) = Place(kind ?? ownKind, index);
        if (At(kind ?? ownKind, bus, unit) is null) _drives.Add(Make(DriveArguments.Empty(kind, index, isCdrom), null));
    }

    /// <summary>Checks that the machine has taken each drive that it was to take.</summary>
    /// <exception cref="CommandLineException">There is no such place in the machine.</exception>
    public void CheckUsed()
    {
        foreach (PlacedDrive drive in _drives)
        {
            if (drive.Option is not { } option || drive.Kind == "none" || drive.Disk.Path is not null) continue;
            throw option.Error(string.Create(
                CultureInfo.InvariantCulture, $"machine type does not support if={drive.Kind},bus={drive.Bus},unit={drive.Unit}"));
        }
    }

    private PlacedDrive Make(DriveArguments drive, OptionValue<DriveArguments>? option)
    {
        string kind = drive.Interface ?? drive["if"] ?? ownKind;
        if (!Kinds.Contains(kind)) throw new CommandException($"unsupported bus type '{kind}'");
        (int bus, int unit) = Place(drive, kind);
        DriveImage.Check(drive, kind);
        bool isCdrom = drive["media"] == "cdrom";
        string name = drive.Id ?? NameOf(kind, bus, unit, isCdrom);
        if (disks.Drive(name) is not null) throw new CommandException($"Duplicate ID '{name}' for drive");
        BlockNode? node = DriveImage.Of(drive, warnOfRaw) is { } image
            ? graph.AddOwned(image)
            : null;
        return new PlacedDrive(kind, bus, unit, isCdrom, option, disks.AddDrive(name, node));
    }

    private (int Bus, int Unit) Place(DriveArguments drive, string kind)
    {
        int? bus = Number(drive, "bus");
        int? unit = Number(drive, "unit");
        int? index = Number(drive, "index");
        int most = UnitsOf(kind);
        if (index is not null && (bus is not null || unit is not null)) throw new CommandException("index cannot be used with bus and unit");
        (int ofBus, int ofUnit) = index is { } number ? Place(kind, number) : (bus ?? 0, unit ?? -1);
        if (ofUnit < 0)
        {
            for (ofUnit = 0; At(kind, ofBus, ofUnit) is not null;)
            {
                if (++ofUnit < most || most == 0) continue;
                ofUnit = 0;
                ofBus++;
            }
        }

        if (most > 0 && ofUnit >= most) throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"unit {ofUnit} too big (max is {most - 1})"));
        if (At(kind, ofBus, ofUnit) is null) return (ofBus, ofUnit);
        throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"drive with bus={ofBus}, unit={ofUnit} (index={index ?? -1}) exists"));
    }

    private (int Bus, int Unit) Place(string kind, int index) => UnitsOf(kind) is var most and > 0 ? (index / most, index % most) : (0, index);

    private int UnitsOf(string kind) => kind switch
    {
        "ide" => unitsOfIde,
        "scsi" => UnitsOfScsi,
        _ => 0,
    };

    private string NameOf(string kind, int bus, int unit, bool isCdrom)
    {
        string medium = kind is "ide" or "scsi" ? isCdrom ? "-cd" : "-hd" : "";
        string ofBus = UnitsOf(kind) > 0 ? bus.ToString(CultureInfo.InvariantCulture) : "";
        return string.Create(CultureInfo.InvariantCulture, $"{kind}{ofBus}{medium}{unit}");
    }

    private static int? Number(DriveArguments drive, string key)
    {
        if (drive[key] is not { } text) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new CommandException($"Parameter '{key}' expects a number");
    }
}
