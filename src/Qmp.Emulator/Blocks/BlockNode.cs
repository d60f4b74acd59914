using Microsoft.Win32.SafeHandles;
using Qmp.Types;

namespace Qmp.Emulator.Blocks;

/// <summary>A node: a file, an image in it, or nothing of a size.</summary>
/// <param name="name">Its name.</param>
/// <param name="options">What it was made from.</param>
internal sealed class BlockNode(string name, BlockdevOptions options) : IDisposable
{
    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>What it was made from.</summary>
    public BlockdevOptions Options { get; set; } = options;

    /// <summary>Whether a client made it by itself, and can remove it.</summary>
    public bool IsRoot { get; init; }

    /// <summary>The node below; <see langword="null"/> for a file.</summary>
    public BlockNode? File { get; init; }

    /// <summary>The image that it builds on; <see langword="null"/> for none.</summary>
    public BlockNode? Backing { get; init; }

    /// <summary>The open file; <see langword="null"/> for another node.</summary>
    public SafeFileHandle? Handle { get; init; }

    /// <summary>The name of the file that it is, or is in.</summary>
    public required string FileName { get; init; }

    /// <summary>Its header; <see langword="null"/> if it is no qcow2 image.</summary>
    public Qcow2Header? Header { get; init; }

    /// <summary>Bytes that its user sees.</summary>
    public long Size { get; set; }

    /// <summary>Whether it is in use, so that it may be written to.</summary>
    public bool IsActive { get; set; } = true;

    /// <summary>The nodes that stand on it.</summary>
    public List<BlockNode> Parents { get; } = [];

    /// <summary>The path of the device that uses it; <see langword="null"/> if none does.</summary>
    public string? Device { get; set; }

    /// <summary>Whether it can only be read.</summary>
    public bool IsReadOnly => Options.ReadOnly ?? false;

    /// <inheritdoc/>
    public void Dispose() => Handle?.Dispose();
}
