using Newtonsoft.Json.Linq;
using Qmp.Emulator.Blocks;
using Qmp.Emulator.Devices;
using Qmp.Emulator.Objects;
using Qmp.Emulator.Recorded;
using Qmp.Migration;
using Qmp.Migration.Status;
using Qmp.Server.Dispatch;

namespace Qmp.Emulator.Machines;

/// <summary>What the machine keeps of devices that do nothing: which are disks, and which keep it from being migrated.</summary>
internal static class InertDevices
{
    private const string PeerMode = "Migration is disabled when using feature 'peer mode' in device 'ivshmem'";

    /// <summary>Keeps that up with the devices.</summary>
    public static void Follow(DeviceManager devices, Disks disks, Networks networks, MigrationBlockers blockers, Processors processors, MemoryDevices memory)
    {
        devices.Added = (device, values) =>
        {
            RecordedType type = device.Type!;
            if (type.Is("cpu")) processors.Plug(device.Node, values);
            if (type.Is("pc-dimm")) memory.Plug(device, values);
            if (IsBalloon(type) && devices.Devices.Count(d => d.Type is { } other && IsBalloon(other)) > 1)
            {
                throw new CommandException("Only one balloon device is supported");
            }

            if (IsCard(type)) AddCard(networks, device, values);
            if (IsPeer(type, values)) Try(() => blockers.Add(PeerMode));
            if (type.DeviceProperties?.Any(p => p.Name == "drive") != true) return;
            ObjectNode disk = DiskOf(device.Node);
            disks.Add(
                disk.Path,
                disk.Name == DeviceManager.LegacyDisk ? null : device.Id,
                type.Name,
                (string?)values.GetValueOrDefault("drive"));
        };
        devices.Removed = device =>
        {
            processors.Unplug(device.Node);
            memory.Unplug(device);
            networks.RemoveCard(device.Node.Path);
            disks.Remove(DiskOf(device.Node).Path);
            if (device.Type!.Name == "ivshmem-plain") blockers.Remove(PeerMode);
        };
    }

    // What stands behind a device on PCI or USB, or the device itself.
    private static ObjectNode DiskOf(ObjectNode device) =>
        device.Child("virtio-backend") ?? device.Children.Select(c => c.Child(DeviceManager.LegacyDisk)).FirstOrDefault(c => c is not null) ?? device;

    private static bool IsCard(RecordedType type) =>
        type.DeviceProperties is { } properties && properties.Any(p => p.Name == "mac") && properties.Any(p => p.Name == "netdev");

    private static void AddCard(Networks networks, PluggedDevice device, IReadOnlyDictionary<string, JToken> values)
    {
        NetworkClient.Card card = networks.AddCard(
            device.Node.Path, device.Id, device.Type!.Name, (string?)values.GetValueOrDefault("mac"), (string?)values.GetValueOrDefault("netdev"));
        device.Node.Store("mac", card.Mac.ToString());
        device.Node.Child("virtio-backend")?.Store("mac", card.Mac.ToString());
    }

    private static bool IsBalloon(RecordedType type) => type.Name.StartsWith("virtio-balloon", StringComparison.Ordinal);

    // Memory that is shared with others cannot move away from them.
    private static bool IsPeer(RecordedType type, IReadOnlyDictionary<string, JToken> values) =>
        type.Name == "ivshmem-plain" && (string?)values.GetValueOrDefault("master") == "off";

    private static void Try(Action add)
    {
        try
        {
            add();
        }
        catch (MigrationException e)
        {
            throw new CommandException(e.Message);
        }
    }

    /// <summary>Why a device cannot have a drive, in QEMU's words; <see langword="null"/> if it can.</summary>
    public static string? Refusal(string name, string type, Disks disks)
    {
        bool needsMedium = type is "ide-hd" or "scsi-hd" or "virtio-blk-device";
        if (disks.Drive(name) is not { } drive) return null;
        if (drive.IsMachines)
        {
            return $"Drive '{name}' is already in use because it has been automatically connected to another device "
                + "(did you need 'if=none' in the drive options?)";
        }

        return drive.Path is not null ? $"Drive '{name}' is already in use by another device"
            : needsMedium && drive.Medium is null ? "Device needs media, but drive is empty"
            : null;
    }

    /// <summary>Why a device that has its place cannot have a node, in QEMU's words; <see langword="null"/> if it can.</summary>
    public static string? Conflict(string name, string path, Disks disks, BlockGraph blocks)
    {
        if (disks.Drive(name) is not null) return null;
        return blocks.Find(name) is { } node && UserOf(node) is { } user
            ? $"Permission conflict on node '{name}': permissions 'write' are both required by {user} and unshared by "
                + $"block device '{path}' (uses node '{name}' as 'root' child)."
            : null;
    }

    /// <summary>Why there is no snapshot of the machine, in QEMU's words as far as they are true.</summary>
    public static string RefusalOfSnapshots(Disks disks)
    {
        Disk[] writable = [.. disks.All.Where(d => d.Medium is { IsReadOnly: false })];
        if (writable.FirstOrDefault(d => d.Medium!.Header is null) is { } plain) return $"Device '{plain.Name}' is writable but does not support snapshots";
        return writable.Length == 0
            ? "no block device can store vmstate for snapshot"
            : "snapshots of the machine are not supported by this emulator";
    }

    private static string? UserOf(BlockNode node) => node switch
    {
        { Device: { } device } => $"block device '{device}' (uses node '{node.Name}' as 'root' child)",
        { Parents: [var parent, ..] } when !parent.IsReadOnly => $"node '{parent.Name}' (uses node '{node.Name}' as 'file' child)",
        _ => null,
    };
}
