namespace Qmp.Emulator.Blocks;

/// <summary>A disk: what stands between a guest's device and the nodes with its data.</summary>
/// <param name="drive">The name that <c>-drive</c> gave it, or the machine; <see langword="null"/> for one that a device made.</param>
internal sealed class Disk(string? drive)
{
    /// <summary>The name that <c>-drive</c> gave it; <see langword="null"/> for none.</summary>
    public string? Drive { get; set; } = drive;

    /// <summary>The path of its device, or of what stands behind it; <see langword="null"/> if it has no device.</summary>
    public string? Path { get; private set; }

    /// <summary>The id of its device; <see langword="null"/> for none.</summary>
    public string? Id { get; private set; }

    /// <summary>What kind of device it is; <see langword="null"/> for none.</summary>
    public string? Kind { get; private set; }

    /// <summary>What messages call it.</summary>
    public string Name => Drive ?? (IsBackend ? Path! : Id ?? Path ?? "");

    /// <summary>What queries and events call its device; <see langword="null"/> for none.</summary>
    public string? Device => IsBackend ? Path : Id ?? Path;

    /// <summary>Whether its medium can be taken out.</summary>
    public bool IsRemovable => Kind is null or "ide-cd" or "scsi-cd" or "floppy";

    /// <summary>Whether a tray carries the medium.</summary>
    public bool HasTray => Kind is "ide-cd" or "scsi-cd";

    /// <summary>Whether it notes errors of the medium.</summary>
    public bool NotesErrors => Kind is not (null or "floppy");

    /// <summary>Whether it is behind a virtio device, whose proxy has the id.</summary>
    public bool IsBackend => Path?.EndsWith("/virtio-backend", StringComparison.Ordinal) == true;

    /// <summary>Whether its tray is open.</summary>
    public bool IsOpen { get; set; }

    /// <summary>The node in it; <see langword="null"/> for none.</summary>
    public BlockNode? Medium { get; set; }

    /// <summary>Whether the machine connected it, and not a user's device.</summary>
    public bool IsMachines { get; set; }

    /// <summary>Gives it a device.</summary>
    /// <param name="path">The path of the device, or of what stands behind it.</param>
    /// <param name="id">The id of the device; <see langword="null"/> for none.</param>
    /// <param name="kind">The type of the device.</param>
    public void Attach(string path, string? id, string kind) => (Path, Id, Kind) = (path, id, kind);
}
