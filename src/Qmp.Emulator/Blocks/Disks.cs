using Qmp.Api;
using Qmp.Protocol.Messages;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Blocks;

/// <summary>The devices that guests see as disks, with the medium that is in each.</summary>
/// <remarks>Used with the machine's lock held.</remarks>
internal sealed class Disks(BlockGraph graph, BlockEvents events)
{
    private readonly List<Disk> _disks = [];

    /// <summary>The disks, in the order in which they came.</summary>
    public IReadOnlyList<Disk> All => _disks;

    /// <summary>Adds a disk that has a name and no device yet.</summary>
    /// <param name="drive">Its name.</param>
    /// <param name="medium">The node in it; <see langword="null"/> for none.</param>
    public Disk AddDrive(string drive, BlockNode? medium)
    {
        var disk = new Disk(drive) { Medium = medium };
        _disks.Add(disk);
        return disk;
    }

    /// <summary>The disk of that name; <see langword="null"/> if there is none.</summary>
    public Disk? Drive(string name) => _disks.FirstOrDefault(d => d.Drive == name);

    /// <summary>Gives a device its disk.</summary>
    /// <param name="path">The path of the device, or of what stands behind it.</param>
    /// <param name="id">The id of the device; <see langword="null"/> for none.</param>
    /// <param name="kind">The type of the device.</param>
    /// <param name="medium">The name of a drive, or of a node; <see langword="null"/> for none.</param>
    /// <exception cref="CommandException">Somebody else has the medium.</exception>
    public Disk Add(string path, string? id, string kind, string? medium)
    {
        Disk? drive = medium is null ? null : Drive(medium);
        Disk disk = drive ?? new Disk(null);
        BlockNode? node = drive is not null ? drive.Medium : medium is not null ? graph.Find(medium) : null;
        disk.Attach(path, id, kind);
        if (node is not null) Insert(disk, node);
        if (drive is null) _disks.Add(disk);
        return disk;
    }

    /// <summary>Removes a disk.</summary>
    public void Remove(string path)
    {
        foreach (Disk disk in _disks.Where(d => d.Path == path).ToList())
        {
            TakeOut(disk);
            _disks.Remove(disk);
        }
    }

    /// <summary>The medium of the disk of that name, or of the device of that id; <see langword="null"/> if there is no such disk.</summary>
    /// <exception cref="CommandException">The disk is empty.</exception>
    public BlockNode? MediumOf(string name)
    {
        Disk? disk = Drive(name) ?? _disks.FirstOrDefault(d => d.Id == name);
        return disk is { Medium: null } ? throw new CommandException($"Device '{name}' has no medium") : disk?.Medium;
    }

    /// <summary>Takes the name of a drive, and its medium; it is gone unless a device has it.</summary>
    public void RemoveDrive(Disk disk)
    {
        TakeOut(disk);
        if (disk.Path is null) _disks.Remove(disk);
        else disk.Drive = null;
    }

    /// <summary>The disk that a command means.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public Disk Find(string? device, string? id)
    {
        if (device is null == id is null) throw new CommandException("Need exactly one of 'device' and 'id'");
        Disk? found = device is not null ? Drive(device) : _disks.FirstOrDefault(d => d.Id == id || d.Path == id);
        if (found is { IsBackend: true } && found.Id == id)
        {
            throw new CommandException("Device does not have a block device backend");
        }

        return found
            ?? throw new CommandException(new QmpError("DeviceNotFound", $"Device '{device ?? id}' not found"));
    }

    /// <summary>Opens or closes a tray.</summary>
    /// <exception cref="CommandException">It has none.</exception>
    public void MoveTray(Disk disk, bool opens)
    {
        if (!disk.IsRemovable) throw new CommandException($"Device '{disk.Name}' is not removable");
        if (disk.IsOpen == opens || !disk.HasTray) return;
        disk.IsOpen = opens;
        events.DeviceTrayMoved(new DeviceTrayMovedEvent { Device = disk.Drive ?? "", Id = disk.Id ?? disk.Path!, TrayOpen = opens });
    }

    /// <summary>Takes the medium out of an open tray.</summary>
    /// <exception cref="CommandException">The tray is closed.</exception>
    public void RemoveMedium(Disk disk)
    {
        if (!disk.IsRemovable) throw new CommandException($"Device '{disk.Name}' is not removable");
        if (disk is { HasTray: true, IsOpen: false }) throw new CommandException($"Tray of device '{disk.Name}' is not open");
        TakeOut(disk);
    }

    /// <summary>Puts a medium into an open tray.</summary>
    /// <exception cref="CommandException">The tray is closed, or there is a medium, or no such node.</exception>
    public void InsertMedium(Disk disk, string name)
    {
        BlockNode node = graph.Find(name) ?? throw new CommandException($"Node '{name}' not found");
        if (node.Device is not null) throw new CommandException($"Node '{name}' is already in use");
        if (!disk.IsRemovable) throw new CommandException("Device is not removable");
        if (disk is { HasTray: true, IsOpen: false }) throw new CommandException("Tray of the device is not open");
        if (disk.Medium is not null) throw new CommandException("There already is a medium in the device");
        Insert(disk, node);
    }

    /// <summary>Puts another medium in.</summary>
    /// <exception cref="CommandException">It cannot be opened, or the disk keeps its medium.</exception>
    public void ChangeMedium(Disk disk, BlockdevChangeMediumArguments change)
    {
        bool isReadOnly = change.ReadOnlyMode switch
        {
            BlockdevChangeReadOnlyMode.ReadOnly => true,
            BlockdevChangeReadOnlyMode.ReadWrite => false,
            _ => disk.Medium?.IsReadOnly ?? false,
        };
        BlockNode node = graph.AddOwned(ImageOptions.Of(change.Filename, change.Format, isReadOnly));
        try
        {
            MoveTray(disk, opens: true);
            TakeOut(disk);
            Insert(disk, node);
            MoveTray(disk, opens: false);
        }
        catch (CommandException)
        {
            graph.Drop(node);
            throw;
        }
    }

    // Whoever has a file as it is locks it; one with an image in it is locked already.
    private void Insert(Disk disk, BlockNode node)
    {
        if (node.Header is null && (node.File ?? node).Handle is { } handle) graph.Locks.Take(handle, !node.IsReadOnly);
        node.Device = disk.Device ?? disk.Name;
        disk.Medium = node;
    }

    private void TakeOut(Disk disk)
    {
        if (disk.Medium is not { } node) return;
        disk.Medium = null;
        node.Device = null;
        if (node.Header is null && (node.File ?? node).Handle is { } handle) graph.Locks.Release(handle);
        if (!node.IsRoot) graph.Drop(node);
    }
}
