using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Qmp.Emulator.Files;
using Qmp.Emulator.Options;
using Qmp.Machine;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Blocks;

/// <summary>The nodes of an emulator. Files are opened and locked, and the headers of images read. Texts are QEMU's.</summary>
/// <remarks>Used with the machine's lock held.</remarks>
internal sealed class BlockGraph : IStorage, IDisposable
{
    private readonly List<BlockNode> _nodes = [];
    private int _unnamed;

    /// <summary>The locks of its files.</summary>
    public ImageLocks Locks { get; } = new();

    /// <summary>The nodes, the newest first.</summary>
    public IEnumerable<BlockNode> Nodes => Enumerable.Reverse(_nodes);

    /// <summary>The node of that name, or <see langword="null"/>.</summary>
    public BlockNode? Find(string name) => _nodes.FirstOrDefault(n => n.Name == name);

    /// <summary>Makes a node that a client names.</summary>
    /// <exception cref="CommandException">It cannot be made.</exception>
    public BlockNode Add(BlockdevOptions options)
    {
        if (options.NodeName is null) throw new CommandException("'node-name' must be specified for the root node");
        return Open(options, isRoot: true);
    }

    /// <summary>Makes a node that somebody else owns, who also drops it.</summary>
    /// <exception cref="CommandException">It cannot be made.</exception>
    public BlockNode AddOwned(BlockdevOptions options) => Open(options, isRoot: false);

    /// <summary>Removes a node that a client made.</summary>
    /// <exception cref="CommandException">There is none, or it is in use.</exception>
    public void Remove(string name)
    {
        BlockNode node = Find(name) ?? throw new CommandException($"Failed to find node with node-name='{name}'");
        if (node.Device is not null) throw new CommandException($"Node {name} is in use");
        if (!node.IsRoot) throw new CommandException($"Node {name} is not owned by the monitor");
        if (node.Parents.Count > 0) throw new CommandException($"Block device {name} is in use");
        Drop(node);
    }

    /// <summary>Drops a node, and those below that nobody else needs.</summary>
    public void Drop(BlockNode node)
    {
        _nodes.Remove(node);
        node.Dispose();
        foreach (BlockNode child in new[] { node.File, node.Backing }.OfType<BlockNode>())
        {
            child.Parents.Remove(node);
            if (child.Parents.Count > 0) continue;
            if (child.Handle is not null) Locks.Release(child.Handle);
            if (!child.IsRoot && child.Device is null) Drop(child);
        }
    }

    /// <summary>The node of a name that a command gives for a device or a node.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public BlockNode Named(string? device, string? node) => (node is null ? null : Find(node))
        ?? throw new CommandException($"Cannot find device='{device}' nor node-name='{node}'");

    /// <summary>Gives a node another size.</summary>
    /// <exception cref="CommandException">It cannot have it.</exception>
    public static void Resize(BlockNode node, long size)
    {
        if (size < 0) throw new CommandException("Parameter 'size' expects a >0 size");
        if (node.IsReadOnly) throw new CommandException("Image is read-only");
        BlockNode file = node.File ?? node;
        if (node.Header is null && file.Handle is { } handle) RandomAccess.SetLength(handle, size);
        node.Size = size;
        if (node.Header is null) file.Size = size;
    }

    /// <inheritdoc/>
    public void Release()
    {
        Locks.ReleaseAll();
        foreach (BlockNode node in _nodes) node.IsActive = false;
    }

    /// <inheritdoc/>
    public string? Acquire()
    {
        try
        {
            Locks.TakeAll();
        }
        catch (CommandException e)
        {
            return e.Message;
        }

        foreach (BlockNode node in _nodes) node.IsActive = true;
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (BlockNode node in _nodes) node.Dispose();
        _nodes.Clear();
    }

    private BlockNode Open(BlockdevOptions options, bool isRoot)
    {
        if (options.NodeName is { } name)
        {
            if (!Identifiers.IsValid(name) || name.Length > 31) throw new CommandException($"Invalid node-name: '{name}'");
            if (Find(name) is not null) throw new CommandException($"Duplicate nodes with node-name='{name}'");
        }

        BlockNode node = options switch
        {
            BlockdevOptions.File file => OpenFile(options, file.Value.Filename, isRoot),
            BlockdevOptions.HostDevice file => OpenFile(options, file.Value.Filename, isRoot),
            BlockdevOptions.NullCo nothing => Nothing(options, nothing.Value, isRoot),
            BlockdevOptions.NullAio nothing => Nothing(options, nothing.Value, isRoot),
            BlockdevOptions.Blkdebug filter => OpenFilter(options, filter.Value.Image, isRoot),
            BlockdevOptions.Raw raw => OpenRaw(options, raw.Value, isRoot),
            BlockdevOptions.Qcow2 image => OpenImage(options, image.Value, isRoot),
            _ => throw new CommandException($"Driver '{options.Driver.ToWireName()}' is not whitelisted"),
        };
        node.IsActive = Locks.IsActive;
        _nodes.Add(node);
        return node;
    }

    // A number, in the order in which nodes are ready, and two digits behind it that are QEMU's by chance.
    private string NextName()
    {
        int number = _unnamed++;
        return string.Create(CultureInfo.InvariantCulture, $"#block{number}{((number * 61) + 17) % 100:00}");
    }

    private BlockNode OpenFile(BlockdevOptions options, string path, bool isRoot)
    {
        bool isDevice = options is BlockdevOptions.HostDevice;
        if (isDevice ? Path.Exists(path) && !Linux.Files.IsDevice(path) : Directory.Exists(path))
        {
            throw new CommandException($"'{options.Driver.ToWireName()}' driver requires '{path}' to be "
                + (isDevice ? "either a character or block device" : "a regular file"));
        }

        try
        {
            FileAccess access = options.ReadOnly == true ? FileAccess.Read : FileAccess.ReadWrite;
            SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);
            return new BlockNode(options.NodeName ?? NextName(), options) { IsRoot = isRoot, Handle = handle, FileName = path, Size = SizeOf(handle) };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandException($"Could not open '{path}': {FileErrors.Text(e)}");
        }
    }

    // In sectors of 512 bytes, as QEMU counts it.
    private static long SizeOf(SafeFileHandle handle) => (RandomAccess.GetLength(handle) + 511) & ~511L;

    private BlockNode Nothing(BlockdevOptions options, BlockdevOptionsNull nothing, bool isRoot) => new(options.NodeName ?? NextName(), options)
    {
        IsRoot = isRoot,
        FileName = NameOf(options.Driver.ToWireName(), nothing),
        Size = nothing.Size ?? 1L << 30,
    };

    // With options it has no other name than those.
    private static string NameOf(string driver, BlockdevOptionsNull nothing)
    {
        if (nothing is { Size: null, ReadZeroes: null }) return $"{driver}://";
        string zeroes = nothing.ReadZeroes is { } isRead ? $"\"read-zeroes\": {(isRead ? "true" : "false")}, " : "";
        string size = nothing.Size is { } given ? string.Create(CultureInfo.InvariantCulture, $", \"size\": {given}") : "";
        return $"json:{{{zeroes}\"driver\": \"{driver}\"{size}}}";
    }

    // Its rules are about what is read and written, and nobody reads or writes.
    private BlockNode OpenFilter(BlockdevOptions options, BlockdevRef image, bool isRoot)
    {
        BlockNode file = Below(image, options);
        return Own(file, () => new BlockNode(options.NodeName ?? NextName(), options) { IsRoot = isRoot, File = file, FileName = file.FileName, Size = file.Size });
    }

    private BlockNode OpenRaw(BlockdevOptions options, BlockdevOptionsRaw raw, bool isRoot)
    {
        BlockNode file = Below(raw.File, options);
        return Own(file, () =>
        {
            long offset = raw.Offset ?? 0;
            if (raw.Offset is not null && offset > file.Size) throw new CommandException("Offset is greater than the size of the image");
            return new BlockNode(options.NodeName ?? NextName(), options)
            {
                IsRoot = isRoot,
                File = file,
                FileName = file.FileName,
                Size = raw.Size ?? file.Size - offset,
            };
        });
    }

    private BlockNode OpenImage(BlockdevOptions options, BlockdevOptionsQcow2 image, bool isRoot)
    {
        BlockNode file = Below(image.File, options);
        return Own(file, () =>
        {
            Lock(file, options);
            Qcow2Header header = ReadHeader(file);
            BlockNode? backing = image.Backing is not null ? OfReference(image.Backing) : OfHeader(file, header);
            var node = new BlockNode(options.NodeName ?? NextName(), options)
            {
                IsRoot = isRoot,
                File = file,
                Backing = backing,
                FileName = file.FileName,
                Header = header,
                Size = header.Size,
            };
            backing?.Parents.Add(node);
            return node;
        });
    }

    private static Qcow2Header ReadHeader(BlockNode file)
    {
        if (file.Handle is null) throw new CommandException("Image is not in qcow2 format");
        using var stream = new FileStream(new SafeFileHandle(file.Handle.DangerousGetHandle(), ownsHandle: false), FileAccess.Read, 0);
        return Qcow2Header.Read(stream);
    }

    // If the node cannot be made, the one below goes as well.
    private BlockNode Own(BlockNode file, Func<BlockNode> make)
    {
        try
        {
            BlockNode node = make();
            file.Parents.Add(node);
            return node;
        }
        catch (CommandException)
        {
            if (file.Handle is not null && file.Parents.Count == 0) Locks.Release(file.Handle);
            if (!file.IsRoot && file.Parents.Count == 0) Drop(file);
            throw;
        }
    }

    private BlockNode Below(BlockdevRef reference, BlockdevOptions above) => reference switch
    {
        BlockdevRef.Reference named => Find(named.Value)
            ?? throw new CommandException($"Cannot find device='{named.Value}' nor node-name='{named.Value}'"),
        BlockdevRef.Definition { Value: var inner } => Open(inner with { ReadOnly = inner.ReadOnly ?? above.ReadOnly }, isRoot: false),
        _ => throw new CommandException("Invalid reference"),
    };

    private BlockNode? OfReference(BlockdevRefOrNull reference) => reference switch
    {
        BlockdevRefOrNull.Reference named => Find(named.Value)
            ?? throw new CommandException($"Cannot find device='{named.Value}' nor node-name='{named.Value}'"),
        BlockdevRefOrNull.Definition { Value: var inner } => Open(inner, isRoot: false),
        _ => null,
    };

    private BlockNode? OfHeader(BlockNode file, Qcow2Header header)
    {
        if (header.BackingFile is not { } backing) return null;
        string path = Path.Combine(Path.GetDirectoryName(file.FileName) ?? "", backing);
        try
        {
            return Open(ImageOptions.Of(path, null, isReadOnly: true), isRoot: false);
        }
        catch (CommandException e)
        {
            throw new CommandException($"Could not open backing file: {e.Message}");
        }
    }

    private void Lock(BlockNode file, BlockdevOptions options)
    {
        if (file.Handle is not null && options.ForceShare != true && file.Parents.Count == 0) Locks.Take(file.Handle, options.ReadOnly != true);
    }
}
