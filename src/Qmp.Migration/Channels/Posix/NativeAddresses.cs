using System.Runtime.InteropServices;
using Qmp.Types;

namespace Qmp.Migration.Channels.Posix;

/// <summary>Resolves names with the system's resolver, whose words clients see when it fails.</summary>
/// <remarks>.NET's resolver folds the reasons into a few, and knows no service names.</remarks>
internal static unsafe partial class NativeAddresses
{
    private const int Passive = 1; // AI_PASSIVE
    private const int CanonicalName = 2; // AI_CANONNAME
    private const int NumericHost = 4; // AI_NUMERICHOST
    private const int V4Mapped = 8; // AI_V4MAPPED
    private const int ConfiguredFamilies = 0x20; // AI_ADDRCONFIG
    private const int NumericService = 0x400; // AI_NUMERICSERV
    private const int Stream = 1; // SOCK_STREAM

    /// <summary>The addresses of a host and port, in the order in which they are tried.</summary>
    /// <param name="inet">Host, port, and which families are wanted.</param>
    /// <param name="passive">Whether they are to be listened on.</param>
    /// <exception cref="ChannelException">There are none.</exception>
    public static IReadOnlyList<RawAddress> Resolve(InetSocketAddress inet, bool passive)
    {
        var hints = new AddressInfo
        {
            Flags = (passive ? Passive : CanonicalName | V4Mapped | ConfiguredFamilies)
                | (passive && inet.Numeric == true ? NumericHost | NumericService : 0),
            Family = FamilyOf(inet),
            Type = Stream,
        };

        // Nothing to listen on means everything; nothing to connect to means nothing.
        string? host = passive && inet.Host.Length == 0 ? null : inet.Host;
        string? port = passive && inet.Port.Length == 0 ? null : inet.Port;
        int error = GetAddresses(host, port, hints, out AddressInfo* first);
        if (error != 0)
        {
            throw new ChannelException(
                $"address resolution failed for {inet.Host}:{inet.Port}: {Marshal.PtrToStringUTF8(ErrorText(error))}");
        }

        var found = new List<RawAddress>();
        for (AddressInfo* info = first; info is not null; info = info->Next)
        {
            found.Add(new RawAddress(info->Family, new ReadOnlySpan<byte>(info->Address, (int)info->AddressLength).ToArray()));
        }

        FreeAddresses(first);
        return found;
    }

    private static int FamilyOf(InetSocketAddress inet) => (inet.Ipv4, inet.Ipv6) switch
    {
        (false, false) => throw new ChannelException("Cannot disable IPv4 and IPv6 at same time"),
        (true, true) => inet.Host.Length == 0 ? RawAddress.Ipv6 : 0,
        (_, true) or (false, _) => RawAddress.Ipv6,
        (true, _) or (_, false) => RawAddress.Ipv4,
        _ => 0,
    };

    [LibraryImport("libc", EntryPoint = "getaddrinfo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetAddresses(string? host, string? service, in AddressInfo hints, out AddressInfo* found);

    [LibraryImport("libc", EntryPoint = "freeaddrinfo")]
    private static partial void FreeAddresses(AddressInfo* first);

    [LibraryImport("libc", EntryPoint = "gai_strerror")]
    private static partial nint ErrorText(int error);

    /// <summary>C's <c>struct addrinfo</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct AddressInfo
    {
        public int Flags;
        public int Family;
        public int Type;
        public int Protocol;
        public nint AddressLength; // a socklen_t, padded
        public byte* Address;
        public nint CanonicalName;
        public AddressInfo* Next;
    }
}
