using System.Globalization;
using System.Text;
using Qmp.Emulator.Blocks;
using Qmp.Types;

namespace Qmp.Emulator.HumanMonitor;

/// <summary>Disks and nodes as <c>info block</c> shows them.</summary>
internal static class BlockText
{
    private const string Suffixes = "KMGTPE";

    /// <summary>All disks, or what has a name.</summary>
    /// <param name="blocks">The nodes.</param>
    /// <param name="disks">The disks.</param>
    /// <param name="name">A disk or else a node; <see langword="null"/> for all.</param>
    /// <param name="asNodes">Whether nodes are meant, and not disks.</param>
    /// <param name="withImages">Whether the images are described, too.</param>
    public static string Of(BlockGraph blocks, Disks disks, string? name, bool asNodes, bool withImages)
    {
        var text = new StringBuilder();
        BlockInfo[] infos = asNodes ? [] : [.. disks.All.Select(disk => BlockInfos.Describe(disk, isFlat: false))];
        List(text, infos, info => name is null || info.Device == name, info => Describe(text, info, info.Inserted, withImages));
        if ((name is null && !asNodes) || text.Length > 0) return text.ToString();
        BlockDeviceInfo[] nodes = [.. blocks.Nodes.Select(node => BlockInfos.Describe(node, isFlat: false))];
        List(text, nodes, node => name is null || node.NodeName == name, node => Describe(text, null, node, withImages));
        return text.ToString();
    }

    private static void List<T>(StringBuilder text, T[] all, Func<T, bool> isMeant, Action<T> describe)
    {
        for (int i = 0; i < all.Length; i++)
        {
            if (!isMeant(all[i])) continue;
            if (i > 0) text.Append('\n');
            describe(all[i]);
        }
    }

    private static void Describe(StringBuilder text, BlockInfo? disk, BlockDeviceInfo? node, bool withImages)
    {
        if (disk is { Device.Length: > 0 }) text.Append(disk.Device).Append(node is null ? "" : $" ({node.NodeName})");
        else text.Append(node?.NodeName ?? disk?.Qdev ?? "<anonymous>");
        text.Append(node is null ? ": [not inserted]\n" : $": {node.File} ({node.Drv}{(node.Ro ? ", read-only" : "")})\n");
        if (disk?.Qdev is { } device) Line(text, "Attached to", device);
        if (disk is { Removable: true })
        {
            Line(text, "Removable device", $"{(disk.Locked ? "" : "not ")}locked, tray {(disk.TrayOpen == true ? "open" : "closed")}");
        }

        if (node is null) return;
        Line(
            text,
            "Cache mode",
            $"{(node.Cache.Writeback ? "writeback" : "writethrough")}{(node.Cache.Direct ? ", direct" : "")}{(node.Cache.NoFlush ? ", ignore flushes" : "")}");
        if (node.BackingFile is { } backing) Line(text, "Backing file", Invariant($"{backing} (chain depth: {node.BackingFileDepth})"));
        if (node.DetectZeroes != BlockdevDetectZeroesOptions.Off) Line(text, "Detect zeroes", node.DetectZeroes.ToWireName());
        if (!withImages) return;
        text.Append("\nImages:\n");
        for (ImageInfo? image = node.Image; image is not null; image = image.BackingImage) Describe(text, image);
    }

    private static void Describe(StringBuilder text, ImageInfo image)
    {
        text.Append(Invariant($"image: {image.Filename}\nfile format: {image.Format}\n"));
        text.Append(Invariant($"virtual size: {Size(image.VirtualSize)} ({image.VirtualSize} bytes)\n"));
        text.Append(Invariant($"disk size: {(image.ActualSize is { } size ? Size(size) : "unavailable")}\n"));
        if (image.ClusterSize is { } cluster) text.Append(Invariant($"cluster_size: {cluster}\n"));
        if (image.DirtyFlag == true) text.Append("cleanly shut down: no\n");
        if (image.BackingFilename is { } backing)
        {
            string? full = image.FullBackingFilename;
            text.Append(Invariant($"backing file: {backing}{(full is null || full == backing ? "" : $" (actual path: {full})")}\n"));
        }

        if (image.BackingFilenameFormat is { } format) text.Append(Invariant($"backing file format: {format}\n"));
        if (image.FormatSpecific is not ImageInfoSpecific.Qcow2 { Value.Data: { } qcow2 }) return;
        text.Append(Invariant($"Format specific information:\n    compat: {qcow2.Compat}\n    compression type: {qcow2.CompressionType.ToWireName()}\n"));
        Optional(text, "lazy refcounts", qcow2.LazyRefcounts);
        text.Append(Invariant($"    refcount bits: {qcow2.RefcountBits}\n"));
        Optional(text, "corrupt", qcow2.Corrupt);
        Optional(text, "extended l2", qcow2.ExtendedL2);
    }

    private static void Optional(StringBuilder text, string name, bool? value)
    {
        if (value is { } known) text.Append(Invariant($"    {name}: {(known ? "true" : "false")}\n"));
    }

    private static void Line(StringBuilder text, string name, string value) => text.Append(Invariant($"    {name + ":",-18}{value}\n"));

    /// <summary>Bytes with three digits, in the largest unit of which there is one, or nearly.</summary>
    internal static string Size(decimal bytes)
    {
        double value = (double)bytes;
        int unit = -1;
        while (value >= 1000 && unit < Suffixes.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return value.ToString("G3", CultureInfo.InvariantCulture) + (unit < 0 ? " B" : $" {Suffixes[unit]}iB");
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
