using Qmp.Cpu.Firmware;
using Qmp.Emulator.Blocks;

namespace Qmp.Emulator.Machines;

/// <summary>The disk that a machine boots from: the first one, if it is a plain file.</summary>
internal static class BootDisk
{
    /// <summary>Its first sector; <see langword="null"/> if there is none, or none that can be read.</summary>
    /// <remarks>Images in a format are not taken apart.</remarks>
    public static byte[]? FirstSector(Disks disks)
    {
        Disk? disk = disks.All.FirstOrDefault(d => d.Path is not null && !d.IsRemovable);
        if (disk?.Medium is not { Header: null } medium || (medium.File ?? medium).Handle is not { } file) return null;
        byte[] sector = new byte[BootSector.Size];
        try
        {
            return RandomAccess.Read(file, sector, 0) == sector.Length ? sector : null;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }
}
