using Qmp.Emulator.Blocks;
using Qmp.Emulator.Devices;
using Qmp.Emulator.Recorded;

namespace Qmp.Emulator.Machines;

/// <summary>Which devices are disks.</summary>
internal static class DiskDevices
{
    private static readonly string[] WithTray = ["ide-cd", "scsi-cd", "floppy"];

    /// <summary>Keeps the list of disks up with the devices.</summary>
    public static void Follow(DeviceManager devices, Disks disks)
    {
        devices.Added = (device, values) =>
        {
            RecordedType type = device.Type!;
            if (type.DeviceProperties?.Any(p => p.Name == "drive") != true) return;
            disks.Add(
                device.Node.Child("virtio-backend")?.Path ?? device.Node.Path,
                device.Id,
                WithTray.Contains(type.Name),
                (string?)values.GetValueOrDefault("drive"));
        };
        devices.Removed = device => disks.Remove(device.Node.Child("virtio-backend")?.Path ?? device.Node.Path);
    }

    /// <summary>Who uses a node, in QEMU's words; <see langword="null"/> if nobody does.</summary>
    public static string? UserOf(BlockNode node) => node switch
    {
        { Device: { } device } => $"block device '{device}' (uses node '{node.Name}' as 'root' child)",
        { Parents: [var parent, ..] } when !parent.IsReadOnly => $"node '{parent.Name}' (uses node '{node.Name}' as 'file' child)",
        _ => null,
    };
}
