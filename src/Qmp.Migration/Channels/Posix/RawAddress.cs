using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Qmp.Types;

namespace Qmp.Migration.Channels.Posix;

/// <summary>An address as the system takes it.</summary>
/// <param name="Family">The address family.</param>
/// <param name="Bytes">C's <c>struct sockaddr</c>.</param>
internal sealed record RawAddress(int Family, byte[] Bytes)
{
    public const int Unix = 1; // AF_UNIX
    public const int Ipv4 = 2; // AF_INET
    public const int Ipv6 = 10; // AF_INET6
    private const int Vsock = 40; // AF_VSOCK
    private const int MaxPath = 108; // the size of sun_path
    private const int PathOffset = 2; // what is before it

    /// <summary>A file's path, or a name that is no file's.</summary>
    /// <exception cref="ChannelException">It is too long.</exception>
    public static RawAddress OfUnix(UnixSocketAddress address)
    {
        byte[] path = Encoding.UTF8.GetBytes(address.Path);
        bool isAbstract = address.Abstract == true;
        int start = isAbstract ? 1 : 0;
        if (path.Length > MaxPath - start)
        {
            throw new ChannelException($"UNIX socket path '{address.Path}' is too long");
        }

        bool isTight = isAbstract && address.Tight != false;
        byte[] bytes = new byte[PathOffset + (isTight ? start + path.Length : MaxPath)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, Unix);
        path.CopyTo(bytes, PathOffset + start);
        return new RawAddress(Unix, bytes);
    }

    /// <summary>A host's or guest's number, and a port.</summary>
    /// <exception cref="ChannelException">One of them is no number.</exception>
    public static RawAddress OfVsock(VsockSocketAddress address)
    {
        if (!TryParse(address.Cid, out uint cid)) throw new ChannelException($"Failed to parse cid '{address.Cid}'");
        if (!TryParse(address.Port, out uint port)) throw new ChannelException($"Failed to parse port '{address.Port}'");
        byte[] bytes = new byte[16];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, Vsock);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), port);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), cid);
        return new RawAddress(Vsock, bytes);
    }

    /// <summary>The port of an IPv4 or IPv6 address.</summary>
    public ushort Port => BinaryPrimitives.ReadUInt16BigEndian(Bytes.AsSpan(2));

    /// <summary>Whether the family is one of the internet's.</summary>
    public bool IsInternet => Family is Ipv4 or Ipv6;

    /// <summary>The same address with another port.</summary>
    public RawAddress WithPort(ushort port)
    {
        byte[] bytes = [.. Bytes];
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), port);
        return this with { Bytes = bytes };
    }

    private static bool TryParse(string text, out uint number) => uint.TryParse(
        text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
}
