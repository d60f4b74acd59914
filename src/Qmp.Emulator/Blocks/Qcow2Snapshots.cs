using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Qmp.Emulator.Blocks;

/// <summary>A snapshot in a qcow2 image.</summary>
/// <param name="Id">Its number, as text.</param>
/// <param name="Name">Its name.</param>
internal sealed record Qcow2Snapshot(string Id, string Name);

/// <summary>Reads the snapshot table of a qcow2 image (QEMU's docs/interop/qcow2.rst, "Snapshots").</summary>
internal static class Qcow2Snapshots
{
    private const int CountAt = 60;
    private const int TableAt = 64;
    private const int EntryLength = 40;
    private const int Most = 65536;

    /// <summary>The snapshots in the order of the table. An image that ends early has those before its end.</summary>
    public static IReadOnlyList<Qcow2Snapshot> Read(SafeFileHandle image)
    {
        var snapshots = new List<Qcow2Snapshot>();
        if (!TryRead(image, CountAt, 12, out byte[] header)) return snapshots;
        uint count = BinaryPrimitives.ReadUInt32BigEndian(header);
        long at = BinaryPrimitives.ReadInt64BigEndian(header.AsSpan(TableAt - CountAt));
        for (uint i = 0; i < Math.Min(count, Most); i++)
        {
            if (!TryRead(image, at, EntryLength, out byte[] entry)) break;
            int idLength = BinaryPrimitives.ReadUInt16BigEndian(entry.AsSpan(12));
            int nameLength = BinaryPrimitives.ReadUInt16BigEndian(entry.AsSpan(14));
            long text = at + EntryLength + BinaryPrimitives.ReadUInt32BigEndian(entry.AsSpan(36));
            if (!TryRead(image, text, idLength + nameLength, out byte[] names)) break;
            snapshots.Add(new Qcow2Snapshot(
                Encoding.UTF8.GetString(names, 0, idLength), Encoding.UTF8.GetString(names, idLength, nameLength)));
            at = (text + idLength + nameLength + 7) & ~7L;
        }

        return snapshots;
    }

    private static bool TryRead(SafeFileHandle image, long at, int length, out byte[] bytes)
    {
        bytes = new byte[length];
        if (at < 0) return false;
        for (int done = 0; done < length;)
        {
            int read = RandomAccess.Read(image, bytes.AsSpan(done), at + done);
            if (read == 0) return false;
            done += read;
        }

        return true;
    }
}
