using System.Buffers.Binary;
using Qmp.Migration.Status;

namespace Qmp.Migration.Multifd.Packets;

/// <summary>What a multifd channel begins with: 64 bytes that say which machine it belongs to, and which channel it is.</summary>
internal static class MultifdGreeting
{
    /// <summary>How many bytes it has.</summary>
    public const int Length = 64;

    /// <summary>How many of them tell it from a main stream.</summary>
    public const int MagicLength = sizeof(uint);

    private const int UuidAt = 8;
    private const int UuidLength = 16;
    private const int NumberAt = UuidAt + UuidLength;

    /// <summary>The bytes.</summary>
    /// <param name="uuid">The machine's UUID, or <see langword="null"/>.</param>
    /// <param name="number">The channel's number, from 0.</param>
    public static byte[] Write(Guid? uuid, int number)
    {
        byte[] bytes = new byte[Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, MultifdPacket.Magic);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), MultifdPacket.Version);
        (uuid ?? Guid.Empty).TryWriteBytes(bytes.AsSpan(UuidAt), bigEndian: true, out _);
        bytes[NumberAt] = (byte)number;
        return bytes;
    }

    /// <summary>Reads them.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="uuid">The UUID of the machine that waits, or <see langword="null"/>.</param>
    /// <param name="channels">How many channels it waits for.</param>
    /// <returns>The channel's number.</returns>
    /// <exception cref="LoadException">It is no multifd channel, or one of another machine.</exception>
    public static int Read(ReadOnlySpan<byte> bytes, Guid? uuid, int channels)
    {
        uint magic = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (magic != MultifdPacket.Magic)
        {
            throw MultifdPacket.Refusal($"multifd: received packet magic {magic:x} expected {MultifdPacket.Magic:x}");
        }

        uint version = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        if (version != MultifdPacket.Version)
        {
            throw MultifdPacket.Refusal($"multifd: received packet version {version} expected {MultifdPacket.Version}");
        }

        int number = bytes[NumberAt];
        var theirs = new Guid(bytes.Slice(UuidAt, UuidLength), bigEndian: true);
        Guid ours = uuid ?? Guid.Empty;
        if (theirs != ours)
        {
            throw MultifdPacket.Refusal(
                $"multifd: received uuid '{theirs:D}' and expected uuid '{ours:D}' for channel {(sbyte)number}");
        }

        // QEMU lets the first number too high pass, and writes beyond its table then.
        return number < channels
            ? number
            : throw MultifdPacket.Refusal($"multifd: received channel id {number} is greater than number of channels {channels}");
    }
}
