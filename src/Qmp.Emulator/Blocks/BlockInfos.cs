using Qmp.Types;

namespace Qmp.Emulator.Blocks;

/// <summary>Nodes as queries show them.</summary>
internal static class BlockInfos
{
    private const ulong SectorSize = 512;
    private const ulong PageSize = 4096;
    private const long MostBuffers = 1024; // IOV_MAX

    /// <summary>A node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="isFlat">Whether images that it builds on are left out.</param>
    public static BlockDeviceInfo Describe(BlockNode node, bool isFlat) => new()
    {
        File = node.FileName,
        NodeName = node.Name,
        Ro = node.IsReadOnly,
        Drv = node.Options.Driver.ToWireName(),
        BackingFile = node.Backing?.FileName,
        BackingFileDepth = Depth(node),
        Active = node.IsActive,
        Encrypted = false,
        DetectZeroes = node.Options.DetectZeroes ?? BlockdevDetectZeroesOptions.Off,
        Bps = 0,
        BpsRd = 0,
        BpsWr = 0,
        Iops = 0,
        IopsRd = 0,
        IopsWr = 0,
        Image = Image(node, isFlat),
        Cache = new BlockdevCacheInfo
        {
            Writeback = true,
            Direct = node.Options.Cache?.Direct ?? false,
            NoFlush = node.Options.Cache?.NoFlush ?? false,
        },
        WriteThreshold = 0,
        Children = Children(node),
    };

    /// <summary>A disk.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="isFlat">Whether images that its medium builds on are left out.</param>
    public static BlockInfo Describe(Disk disk, bool isFlat) => new()
    {
        Device = disk.Drive ?? "",
        Qdev = disk.Device,
        Type = "unknown",
        Removable = disk.IsRemovable,
        Locked = false,
        Inserted = disk.Medium is null ? null : Describe(disk.Medium, isFlat),
        TrayOpen = disk.HasTray ? disk.IsOpen : null,
        IoStatus = disk.NotesErrors ? BlockDeviceIoStatus.Ok : null,
    };

    /// <summary>What was read and written: nothing, as no guest here has a disk driver.</summary>
    public static BlockStats Stats(Disk disk)
    {
        BlockStats stats = disk.Medium is { } medium ? Stats(medium) : new BlockStats { Stats = Nothing(true) };
        return stats with { Device = disk.Drive ?? "", Qdev = disk.Device, Stats = Nothing(true) };
    }

    /// <summary>The same of a node, which does not count what fails.</summary>
    public static BlockStats Stats(BlockNode node) => new()
    {
        NodeName = node.Name,
        Stats = Nothing(false),
        DriverSpecific = node.Handle is null ? null : new BlockStatsSpecific.File { Value = new BlockStatsSpecificFile { DiscardNbOk = 0, DiscardNbFailed = 0, DiscardBytesOk = 0 } },
        Parent = node.File is null ? null : Stats(node.File),
        Backing = node.Backing is null ? null : Stats(node.Backing),
    };

    /// <summary>Disks and nodes with what connects them.</summary>
    public static XDbgBlockGraph Graph(BlockGraph graph, Disks disks)
    {
        var nodes = new List<XDbgBlockGraphNode>();
        var edges = new List<XDbgBlockGraphEdge>();
        BlockNode[] all = [.. graph.Nodes];
        foreach (Disk disk in disks.All)
        {
            nodes.Add(Place(nodes.Count, XDbgBlockGraphNodeType.BlockBackend, disk.Drive ?? disk.Path ?? ""));
            if (disk.Medium is { } medium) edges.Add(Edge((ulong)nodes.Count, NumberOf(medium), "root", !medium.IsReadOnly));
        }

        foreach (BlockNode node in all)
        {
            nodes.Add(Place(nodes.Count, XDbgBlockGraphNodeType.BlockDriver, node.Name));
            if (node.File is { } file) edges.Add(Edge(NumberOf(node), NumberOf(file), "file", !file.IsReadOnly));
            if (node.Backing is { } backing) edges.Add(Edge(NumberOf(node), NumberOf(backing), "backing", false));
        }

        return new XDbgBlockGraph { Nodes = nodes, Edges = edges };

        ulong NumberOf(BlockNode node) => (ulong)(disks.All.Count + Array.IndexOf(all, node) + 1);
    }

    private static XDbgBlockGraphNode Place(int before, XDbgBlockGraphNodeType type, string name) =>
        new() { Id = (ulong)before + 1, Type = type, Name = name };

    private static XDbgBlockGraphEdge Edge(ulong parent, ulong child, string name, bool writes) => new()
    {
        Parent = parent,
        Child = child,
        Name = name,
        Perm = writes ? [BlockPermission.ConsistentRead, BlockPermission.Write] : [BlockPermission.ConsistentRead],
        SharedPerm = [BlockPermission.ConsistentRead, BlockPermission.WriteUnchanged],
    };

    private static IReadOnlyList<BlockdevChild> Children(BlockNode node)
    {
        var children = new List<BlockdevChild>();
        if (node.Backing is { } backing) children.Add(new BlockdevChild { Child = "backing", NodeName = backing.Name });
        if (node.File is { } file) children.Add(new BlockdevChild { Child = "file", NodeName = file.Name });
        return children;
    }

    private static int Depth(BlockNode node) => node.Backing is { } backing ? 1 + Depth(backing) : 0;

    private static ImageInfo Image(BlockNode node, bool isFlat)
    {
        BlockNode file = node.File ?? node;
        long allocated = file.Handle is null ? 0 : Linux.Files.AllocatedBytes(file.FileName);
        return new ImageInfo
        {
            Filename = node.FileName,
            Format = node.Options.Driver.ToWireName(),
            DirtyFlag = node.Header is { } image ? image.IsDirty : file.Handle is null ? null : false,
            ActualSize = allocated < 0 ? null : allocated,
            VirtualSize = node.Size,
            ClusterSize = node.Header?.ClusterSize,
            BackingFilename = node.Header?.BackingFile,
            FullBackingFilename = node.Backing?.FileName,
            BackingFilenameFormat = node.Backing?.Options.Driver.ToWireName(),
            BackingImage = isFlat || node.Backing is null ? null : Image(node.Backing, isFlat),
            FormatSpecific = Specific(node),
            Limits = Limits(node, file),
        };
    }

    // A file takes memory as it is; a node without one asks for whole sectors.
    private static BlockLimitsInfo Limits(BlockNode node, BlockNode file) => new()
    {
        RequestAlignment = 1,
        MinMemAlignment = file.Handle is null ? SectorSize : 1,
        OptMemAlignment = PageSize,
        MaxIov = MostBuffers,
        DiscardAlignment = (uint?)node.Header?.ClusterSize,
        WriteZeroesAlignment = (uint?)node.Header?.ClusterSize,
    };

    private static ImageInfoSpecific? Specific(BlockNode node)
    {
        if (node.Header is { } header)
        {
            return new ImageInfoSpecific.Qcow2 { Value = new ImageInfoSpecificQCow2Wrapper { Data = header.Describe() } };
        }

        return node.Handle is null
            ? null
            : new ImageInfoSpecific.File { Value = new ImageInfoSpecificFileWrapper { Data = new ImageInfoSpecificFile() } };
    }

    private static BlockDeviceStats Nothing(bool countsFailures) => new()
    {
        AccountInvalid = countsFailures,
        AccountFailed = countsFailures,
        TimedStats = [],
        FailedFlushOperations = 0,
        FailedRdOperations = 0,
        FailedUnmapOperations = 0,
        FailedWrOperations = 0,
        FailedZoneAppendOperations = 0,
        FlushOperations = 0,
        FlushTotalTimeNs = 0,
        InvalidFlushOperations = 0,
        InvalidRdOperations = 0,
        InvalidUnmapOperations = 0,
        InvalidWrOperations = 0,
        InvalidZoneAppendOperations = 0,
        RdBytes = 0,
        RdMerged = 0,
        RdOperations = 0,
        RdTotalTimeNs = 0,
        UnmapBytes = 0,
        UnmapMerged = 0,
        UnmapOperations = 0,
        UnmapTotalTimeNs = 0,
        WrBytes = 0,
        WrHighestOffset = 0,
        WrMerged = 0,
        WrOperations = 0,
        WrTotalTimeNs = 0,
        ZoneAppendBytes = 0,
        ZoneAppendMerged = 0,
        ZoneAppendOperations = 0,
        ZoneAppendTotalTimeNs = 0,
    };
}
