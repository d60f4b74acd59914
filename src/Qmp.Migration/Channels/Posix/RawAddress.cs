using System.Buffers.Binary;

namespace Qmp.Migration.Channels.Posix;

/// <summary>An address as the system takes it.</summary>
/// <param name="Family">The address family.</param>
/// <param name="Bytes">C's <c>struct sockaddr</c>.</param>
internal sealed record RawAddress(int Family, byte[] Bytes)
{
    private const int Vsock = 40; // AF_VSOCK

    /// <summary>A host's or guest's number, and a port.</summary>
    public static RawAddress OfVsock(uint cid, uint port)
    {
        byte[] bytes = new byte[16];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, Vsock);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), port);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), cid);
        return new RawAddress(Vsock, bytes);
    }

    /// <summary>The port of an IPv4 or IPv6 address.</summary>
    public ushort Port => BinaryPrimitives.ReadUInt16BigEndian(Bytes.AsSpan(2));

    /// <summary>The same address with another port.</summary>
    public RawAddress WithPort(ushort port)
    {
        byte[] bytes = [.. Bytes];
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), port);
        return this with { Bytes = bytes };
    }
}
