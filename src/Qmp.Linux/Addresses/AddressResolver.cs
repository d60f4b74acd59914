using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Qmp.Linux.Addresses;

/// <summary>Addresses as people write them, as the system takes them.</summary>
/// <remarks>
/// Names go through the system's resolver, whose words clients see when it fails; .NET's folds the reasons into a few,
/// and knows no service names.
/// </remarks>
internal static unsafe class AddressResolver
{
    private const int Passive = 1; // AI_PASSIVE
    private const int CanonicalName = 2; // AI_CANONNAME
    private const int NumericHost = 4; // AI_NUMERICHOST
    private const int V4Mapped = 8; // AI_V4MAPPED
    private const int ConfiguredFamilies = 0x20; // AI_ADDRCONFIG
    private const int NumericService = 0x400; // AI_NUMERICSERV
    private const int Stream = 1; // SOCK_STREAM

    /// <summary>The addresses in the order in which they are tried.</summary>
    /// <param name="address">What to resolve.</param>
    /// <param name="passive">Whether they are to be listened on.</param>
    /// <exception cref="AddressException">There is no such address, or it is no address.</exception>
    public static IReadOnlyList<RawAddress> Resolve(StreamAddress address, bool passive) => address switch
    {
        StreamAddress.Unix unix => [Resolve(unix)],
        StreamAddress.Inet inet => Resolve(inet, passive),
        StreamAddress.Vsock vsock => [RawAddress.OfVsock(Number(vsock.Cid, "cid"), Number(vsock.Port, "port"))],
        _ => throw new NotSupportedException($"{address.GetType().Name} has no address of the system's."),
    };

    private static RawAddress Resolve(StreamAddress.Unix unix)
    {
        byte[] path = Encoding.UTF8.GetBytes(unix.Path);
        int limit = unix.IsAbstract ? RawAddress.MaxPath - 1 : RawAddress.MaxPath;
        if (path.Length > limit)
        {
            throw new AddressException(
                $"UNIX socket path '{unix.Path}' is too long",
                string.Create(CultureInfo.InvariantCulture, $"Path must be less than {limit} bytes"));
        }

        return unix.IsAbstract ? RawAddress.OfName(path, unix.IsTight) : RawAddress.OfPath(path);
    }

    private static List<RawAddress> Resolve(StreamAddress.Inet inet, bool passive)
    {
        var hints = new LibC.AddressInfo
        {
            Flags = (passive ? Passive : CanonicalName | V4Mapped | ConfiguredFamilies)
                | (passive && inet.IsNumeric ? NumericHost | NumericService : 0),
            Family = FamilyOf(inet),
            Type = Stream,
        };

        // Nothing to listen on means everything; nothing to connect to means nothing.
        string? host = passive && inet.Host.Length == 0 ? null : inet.Host;
        string? port = passive && inet.Port.Length == 0 ? null : inet.Port;
        int error = LibC.GetAddresses(host, port, hints, out LibC.AddressInfo* first);
        if (error != 0)
        {
            string? reason = Marshal.PtrToStringUTF8(LibC.AddressErrorText(error));
            throw new AddressException($"address resolution failed for {inet}: {reason}");
        }

        var found = new List<RawAddress>();
        for (LibC.AddressInfo* info = first; info is not null; info = info->Next)
        {
            found.Add(new RawAddress(
                info->Family, new ReadOnlySpan<byte>(info->Address, (int)info->AddressLength).ToArray()));
        }

        LibC.FreeAddresses(first);
        return found;
    }

    private static int FamilyOf(StreamAddress.Inet inet) => (inet.Ipv4, inet.Ipv6) switch
    {
        (false, false) => throw new AddressException("Cannot disable IPv4 and IPv6 at same time"),
        (true, true) => inet.Host.Length == 0 ? RawAddress.Ipv6 : 0,
        (_, true) or (false, _) => RawAddress.Ipv6,
        (true, _) or (_, false) => RawAddress.Ipv4,
        _ => 0,
    };

    private static uint Number(string text, string what) =>
        uint.TryParse(
            text,
            NumberStyles.AllowLeadingWhite | NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture,
            out uint number)
            ? number
            : throw new AddressException($"Failed to parse {what} '{text}'");
}
