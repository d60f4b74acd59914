namespace Qmp.Emulator.Blocks;

/// <summary>A device that guests see as a disk.</summary>
/// <param name="path">The path of its device, or of what stands behind it.</param>
/// <param name="id">The id of its device; <see langword="null"/> for none.</param>
/// <param name="isRemovable">Whether its medium can be taken out.</param>
internal sealed class Disk(string path, string? id, bool isRemovable)
{
    /// <summary>The path of its device, or of what stands behind it.</summary>
    public string Path => path;

    /// <summary>The id of its device; <see langword="null"/> for none.</summary>
    public string? Id => id;

    /// <summary>What messages call it.</summary>
    public string Name => path.EndsWith("/virtio-backend", StringComparison.Ordinal) ? path : id ?? path;

    /// <summary>Whether its medium can be taken out.</summary>
    public bool IsRemovable => isRemovable;

    /// <summary>Whether its tray is open.</summary>
    public bool IsOpen { get; set; }

    /// <summary>The node in it; <see langword="null"/> for none.</summary>
    public BlockNode? Medium { get; set; }
}
