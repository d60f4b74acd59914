namespace Qmp.Emulator.Options;

/// <summary>The rows of options that are about disks; the others are in <see cref="OptionTable"/>.</summary>
internal static class BlockOptionTable
{
    private static readonly List<Option> Rows = [];

    public static Option<DriveArguments> Drive { get; } = Row(new Option<DriveArguments>(
        "drive", "file=FILE[,if=KIND][,media=disk|cdrom][,format=FORMAT][,id=ID]...", "a disk, with what the machine connects it to", DriveArguments.Read)
    {
        Id = drive => drive.Id,
    });

    public static Option FirstDisk { get; } = Row(OfFile("hda", 0));

    public static Option SecondDisk { get; } = Row(OfFile("hdb", 1));

    public static Option ThirdDisk { get; } = Row(OfFile("hdc", 2));

    public static Option FourthDisk { get; } = Row(OfFile("hdd", 3));

    public static Option Cdrom { get; } = Row(Short("cdrom", "a CD-ROM", file => DriveArguments.OfFile(file, 2, isCdrom: true)));

    public static Option FirstFloppy { get; } = Row(Short("fda", "a floppy disk", file => DriveArguments.OfKind(file, "floppy", 0)));

    public static Option SecondFloppy { get; } = Row(Short("fdb", "a second one", file => DriveArguments.OfKind(file, "floppy", 1)));

    public static Option MtdBlock { get; } = Row(Short("mtdblock", "refused: no machine here has such a memory", file => DriveArguments.OfKind(file, "mtd", null)));

    public static Option Card { get; } = Row(Short("sd", "refused: no machine here has a slot for such a card", file => DriveArguments.OfKind(file, "sd", null)));

    public static Option Flash { get; } = Row(Short("pflash", "refused: no machine here has flash memory", file => DriveArguments.OfKind(file, "pflash", null)));

    public static Option NoFloppyCheck { get; } = Row(new ShortOption(
        "no-fd-bootchk", null, "the same as -machine fd-bootchk=off", (_, parser) => parser.AddToMachine(null, "fd-bootchk=off", "type")));

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Option> All => Rows;

    private static T Row<T>(T option)
        where T : Option
    {
        Rows.Add(option);
        return option;
    }

    private static ShortOption OfFile(string name, int index) => Short(name, $"a disk, number {index}", file => DriveArguments.OfFile(file, index));

    private static ShortOption Short(string name, string help, Func<string, DriveArguments> drive) => new(
        name, "FILE", help, (text, parser) => parser.Given.Add(Drive, new OptionValue<DriveArguments>(name, text, drive(text))));
}
