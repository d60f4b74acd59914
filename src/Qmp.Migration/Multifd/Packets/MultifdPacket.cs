using System.Buffers.Binary;
using System.Text;
using Qmp.Migration.Status;

namespace Qmp.Migration.Multifd.Packets;

/// <summary>The bytes that come before the pages of a packet. Numbers are big-endian; the length is always the same.</summary>
internal sealed class MultifdPacket
{
    /// <summary>Pages of a packet.</summary>
    public const int MaxPages = 128;

    /// <summary>Bytes of a packet before its pages.</summary>
    public const int Length = OffsetsAt + (MaxPages * sizeof(ulong));

    /// <summary>Bytes that say what kind of packet it is.</summary>
    public const int StartLength = 3 * sizeof(uint);

    /// <summary>What each packet, and each channel, begins with.</summary>
    public const uint Magic = 0x11223344;

    /// <summary>The version of packets and channels.</summary>
    public const uint Version = 1;

    private const int NameAt = 64;
    private const int NameLength = 256;
    private const int OffsetsAt = NameAt + NameLength;

    /// <summary>What it is.</summary>
    public MultifdFlags Flags { get; set; }

    /// <summary>How many offsets there is room for: 0 where there are no pages.</summary>
    public uint Room { get; set; }

    /// <summary>How many pages follow with their bytes.</summary>
    public int NormalPages { get; set; }

    /// <summary>How many pages are all zeros, and nothing follows of them.</summary>
    public int ZeroPages { get; set; }

    /// <summary>Bytes that follow.</summary>
    public uint DataLength { get; set; }

    /// <summary>Its place among the packets of all channels.</summary>
    public ulong Number { get; set; }

    /// <summary>The block of all its pages; empty if there are none.</summary>
    public string Block { get; set; } = "";

    /// <summary>Where pages begin in the block, in bytes: those that follow, then those of zeros.</summary>
    public ulong[] Offsets { get; } = new ulong[MaxPages];

    /// <summary>Writes it.</summary>
    /// <param name="target">Room for <see cref="Length"/> bytes.</param>
    public void Write(Span<byte> target)
    {
        target[..OffsetsAt].Clear();
        BinaryPrimitives.WriteUInt32BigEndian(target, Magic);
        BinaryPrimitives.WriteUInt32BigEndian(target[4..], Version);
        BinaryPrimitives.WriteUInt32BigEndian(target[8..], (uint)Flags);
        BinaryPrimitives.WriteUInt32BigEndian(target[12..], Room);
        BinaryPrimitives.WriteUInt32BigEndian(target[16..], (uint)NormalPages);
        BinaryPrimitives.WriteUInt32BigEndian(target[20..], DataLength);
        BinaryPrimitives.WriteUInt64BigEndian(target[24..], Number);
        BinaryPrimitives.WriteUInt32BigEndian(target[32..], (uint)ZeroPages);
        Encoding.UTF8.GetBytes(Block, target.Slice(NameAt, NameLength - 1));
        int pages = NormalPages + ZeroPages;
        for (int i = 0; i < MaxPages; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(target[(OffsetsAt + (i * sizeof(ulong)))..], i < pages ? Offsets[i] : 0);
        }
    }

    /// <summary>Reads what a packet begins with.</summary>
    /// <param name="source"><see cref="StartLength"/> bytes.</param>
    /// <returns>What it is.</returns>
    /// <exception cref="LoadException">It is no packet.</exception>
    public static MultifdFlags ReadStart(ReadOnlySpan<byte> source)
    {
        uint magic = BinaryPrimitives.ReadUInt32BigEndian(source);
        if (magic != Magic) throw Refusal($"multifd: received packet magic {magic:x}, expected {Magic:x}");
        uint version = BinaryPrimitives.ReadUInt32BigEndian(source[4..]);
        if (version != Version) throw Refusal($"multifd: received packet version {version}, expected {Version}");
        return (MultifdFlags)BinaryPrimitives.ReadUInt32BigEndian(source[8..]);
    }

    /// <summary>Reads one, up to the names of things that only the receiver knows.</summary>
    /// <param name="source"><see cref="Length"/> bytes.</param>
    /// <exception cref="LoadException">It is no packet.</exception>
    public void Read(ReadOnlySpan<byte> source)
    {
        Flags = ReadStart(source);
        Room = BinaryPrimitives.ReadUInt32BigEndian(source[12..]);
        uint normal = BinaryPrimitives.ReadUInt32BigEndian(source[16..]);
        DataLength = BinaryPrimitives.ReadUInt32BigEndian(source[20..]);
        Number = BinaryPrimitives.ReadUInt64BigEndian(source[24..]);
        uint zero = BinaryPrimitives.ReadUInt32BigEndian(source[32..]);
        if (Room > MaxPages) throw Refusal($"multifd: received packet with {Room} pages, expected {MaxPages}");
        if (normal > Room) throw Refusal($"multifd: received packet with {normal} non-zero pages, which exceeds maximum expected pages {Room}");
        if (zero > Room - normal)
        {
            throw Refusal($"multifd: received packet with {zero} zero pages, expected maximum {Room - normal}");
        }

        (NormalPages, ZeroPages) = ((int)normal, (int)zero);
        ReadOnlySpan<byte> name = source.Slice(NameAt, NameLength - 1);
        int end = name.IndexOf((byte)0);
        Block = normal + zero == 0 ? "" : Encoding.Latin1.GetString(end < 0 ? name : name[..end]);
        for (int i = 0; i < NormalPages + ZeroPages; i++)
        {
            Offsets[i] = BinaryPrimitives.ReadUInt64BigEndian(source[(OffsetsAt + (i * sizeof(ulong)))..]);
        }
    }

    /// <summary>Why a packet is refused.</summary>
    public static LoadException Refusal(string reason) => new(Errno.Invalid, reason);
}
