using Qmp.Emulator.Options;

namespace Qmp.Emulator.Blocks;

/// <summary>A drive of the command line in its place.</summary>
/// <param name="Kind">What it is connected to: <c>ide</c>, <c>floppy</c>, <c>none</c>, …</param>
/// <param name="Bus">The number of the bus.</param>
/// <param name="Unit">The number on the bus.</param>
/// <param name="IsCdrom">Whether it is a CD-ROM.</param>
/// <param name="Option">The option; <see langword="null"/> for one that comes with the machine.</param>
/// <param name="Disk">The disk.</param>
internal sealed record PlacedDrive(string Kind, int Bus, int Unit, bool IsCdrom, OptionValue<DriveArguments>? Option, Disk Disk);
