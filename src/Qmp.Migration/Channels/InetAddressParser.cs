using Qmp.Types;

namespace Qmp.Migration.Channels;

/// <summary>Reads <c>HOST:PORT[,ipv4][,ipv6][,to=PORT][,...]</c>.</summary>
internal static class InetAddressParser
{
    /// <exception cref="MigrationException">It is none; the text is QEMU's.</exception>
    public static InetSocketAddress Parse(string text)
    {
        (string host, string tail) = SplitHost(text);
        int comma = tail.IndexOf(',', StringComparison.Ordinal);
        string port = comma < 0 ? tail : tail[..comma];
        string options = comma < 0 ? "" : tail[comma..];
        if (port.Length == 0) throw new MigrationException($"error parsing address '{text}'");
        return new InetSocketAddress
        {
            Host = host,
            Port = port,
            Ipv4 = Flag(options, "ipv4"),
            Ipv6 = Flag(options, "ipv6"),
            KeepAlive = Flag(options, "keep-alive"),
        };
    }

    private static (string Host, string Tail) SplitHost(string text)
    {
        if (text.StartsWith(':')) return ("", text[1..]);
        if (text.StartsWith('['))
        {
            int end = text.IndexOf("]:", StringComparison.Ordinal);
            if (end < 0) throw new MigrationException($"error parsing IPv6 address '{text}'");
            return (text[1..end], text[(end + 2)..]);
        }

        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) throw new MigrationException($"error parsing address '{text}'");
        return (text[..colon], text[(colon + 1)..]);
    }

    // Options that are not known are ignored, as QEMU ignores them.
    private static bool? Flag(string options, string name)
    {
        foreach (string option in options.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (option == name) return true;
            if (!option.StartsWith(name + "=", StringComparison.Ordinal)) continue;
            string value = option[(name.Length + 1)..];
            return value switch
            {
                "on" => true,
                "off" => false,
                _ => throw new MigrationException($"error parsing '{name}' flag '={value}'"),
            };
        }

        return null;
    }
}
