using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace Qmp.Linux;

/// <summary>An address as the system takes it.</summary>
/// <param name="Family">The address family.</param>
/// <param name="Bytes">C's <c>struct sockaddr</c>.</param>
public sealed record RawAddress(int Family, byte[] Bytes)
{
    /// <summary>AF_UNIX.</summary>
    public const int Unix = 1;

    /// <summary>AF_INET.</summary>
    public const int Ipv4 = 2;

    /// <summary>AF_INET6.</summary>
    public const int Ipv6 = 10;

    /// <summary>AF_VSOCK.</summary>
    public const int Vsock = 40;

    /// <summary>The size of <c>sun_path</c>.</summary>
    public const int MaxPath = 108;

    private const int PathOffset = 2; // what is before sun_path
    private const int VsockSize = 16;
    private const int MaxSize = 128; // struct sockaddr_storage

    /// <summary>The port of an IPv4 or IPv6 address.</summary>
    public ushort Port => BinaryPrimitives.ReadUInt16BigEndian(Bytes.AsSpan(2));

    /// <summary>The host of an IPv4 or IPv6 address.</summary>
    public IPAddress Host => Family == Ipv4
        ? new IPAddress(Bytes.AsSpan(4, 4))
        : new IPAddress(Bytes.AsSpan(8, 16), BinaryPrimitives.ReadUInt32LittleEndian(Bytes.AsSpan(24)));

    /// <summary>The path or name of a Unix address, with the zeros that fill it up.</summary>
    public ReadOnlySpan<byte> Path => Bytes.AsSpan(PathOffset);

    /// <summary>A file's path. One that fills its place needs no zero behind it.</summary>
    /// <exception cref="ArgumentException">The path has more than <see cref="MaxPath"/> bytes.</exception>
    public static RawAddress OfPath(ReadOnlySpan<byte> path) => OfUnix(path, 0, MaxPath);

    /// <summary>A name that is no file's.</summary>
    /// <param name="name">The name, without the zero that comes first.</param>
    /// <param name="tight">Whether it ends with its last byte, instead of being filled up with zeros.</param>
    /// <exception cref="ArgumentException">The name has <see cref="MaxPath"/> bytes or more.</exception>
    public static RawAddress OfName(ReadOnlySpan<byte> name, bool tight) =>
        OfUnix(name, 1, tight ? name.Length + 1 : MaxPath);

    /// <summary>A host's or guest's number, and a port.</summary>
    public static RawAddress OfVsock(uint cid, uint port)
    {
        byte[] bytes = new byte[VsockSize];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, Vsock);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), port);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), cid);
        return new RawAddress(Vsock, bytes);
    }

    /// <summary>The address that a socket is bound to, or <see langword="null"/>.</summary>
    public static unsafe RawAddress? OfSocket(SafeHandle socket)
    {
        byte* bytes = stackalloc byte[MaxSize];
        uint length = MaxSize;
        if (LibC.GetLocalAddress(socket, bytes, &length) < 0 || length < PathOffset) return null;
        byte[] copy = new ReadOnlySpan<byte>(bytes, (int)Math.Min(length, MaxSize)).ToArray();
        return new RawAddress(BinaryPrimitives.ReadUInt16LittleEndian(copy), copy);
    }

    /// <summary>The same address with another port.</summary>
    public RawAddress WithPort(ushort port)
    {
        byte[] bytes = [.. Bytes];
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), port);
        return this with { Bytes = bytes };
    }

    private static RawAddress OfUnix(ReadOnlySpan<byte> path, int start, int length)
    {
        if (path.Length > MaxPath - start) throw new ArgumentException("The path does not fit.", nameof(path));
        byte[] bytes = new byte[PathOffset + length];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, Unix);
        path.CopyTo(bytes.AsSpan(PathOffset + start));
        return new RawAddress(Unix, bytes);
    }
}
