using Microsoft.Win32.SafeHandles;
using Qmp.Linux;
using Qmp.Server.Dispatch;

namespace Qmp.Emulator.Blocks;

/// <summary>The locks by which QEMU's processes keep off each other's images: bytes for what one does, and for what others may not.</summary>
internal static class ImageLock
{
    private const int Used = 100;
    private const int Denied = 200;

    // Numbers are those of QEMU's permissions: read, write, write what is there already, resize.
    private static readonly (int Number, string Name)[] OfWriter = [(0, "consistent read"), (1, "write"), (3, "resize")];
    private static readonly (int Number, string Name)[] DeniedToOthers = [(1, "write"), (3, "resize")];

    /// <summary>Takes the locks of somebody who writes to an image, or reads it while nobody writes.</summary>
    /// <exception cref="CommandException">Somebody else has it.</exception>
    public static void Take(SafeFileHandle file, bool writes)
    {
        (int Number, string Name)[] used = writes ? OfWriter : OfWriter[..1];
        foreach ((int number, _) in used) _ = FileRangeLock.Share(file, Used + number);
        foreach ((int number, _) in DeniedToOthers) _ = FileRangeLock.Share(file, Denied + number);
        string? conflict = used.Where(p => FileRangeLock.IsHeld(file, Denied + p.Number)).Select(p => $"Failed to get \"{p.Name}\" lock")
            .Concat(DeniedToOthers.Where(p => FileRangeLock.IsHeld(file, Used + p.Number)).Select(p => $"Failed to get shared \"{p.Name}\" lock"))
            .FirstOrDefault();
        if (conflict is null) return;
        Release(file);
        throw new CommandException(conflict);
    }

    /// <summary>Gives them back.</summary>
    public static void Release(SafeFileHandle file) => FileRangeLock.Release(file, Used, 200);
}
