using System.Globalization;
using Qmp.Migration.Rules;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Channels;

/// <summary>Reads <c>HOST:PORT[,to=PORT][,ipv4=on|off][,ipv6=on|off][,keep-alive=on|off][,mptcp=on|off]</c>.</summary>
/// <remarks>
/// As QEMU does it: a host has at most 64 bytes and a port 32, what is longer counts among the options; an option is
/// found anywhere behind the port, and those that are not known are ignored; newer releases check them (<see cref="InetOptions"/>).
/// </remarks>
internal static class InetAddressParser
{
    private const string To = ",to=";
    private const int MaxHost = 64;
    private const int MaxPort = 32;

    /// <exception cref="MigrationException">The text is not such an address; the message is QEMU's.</exception>
    public static InetSocketAddress Parse(string text, MigrationRules rules)
    {
        (int start, string end, string what) = text switch
        {
            [':', ..] => (0, ":", "port in address"),
            ['[', ..] => (1, "]:", "IPv6 address"),
            _ => (0, ":", "address"),
        };
        int hostEnd = text.IndexOf(end[0], start);
        int port = hostEnd + end.Length;
        int portEnd = hostEnd < 0 || port > text.Length ? port : EndOfPort(text, port);
        bool hasHost = hostEnd - start is > 0 and <= MaxHost || (hostEnd == 0 && start == 0);
        if (!hasHost || string.CompareOrdinal(text, hostEnd, end, 0, end.Length) != 0 || portEnd <= port)
        {
            throw new MigrationException($"error parsing {what} '{text}'");
        }

        if (rules.ChecksAddressOptions) return InetOptions.Parse(text[start..hostEnd], text[port..]);
        string options = text[portEnd..];
        return new InetSocketAddress
        {
            Host = text[start..hostEnd],
            Port = text[port..portEnd],
            To = LastPort(options),
            Ipv4 = Flag(options, "ipv4"),
            Ipv6 = Flag(options, "ipv6"),
            KeepAlive = Flag(options, "keep-alive"),
            Mptcp = Flag(options, "mptcp"),
        };
    }

    private static int EndOfPort(string text, int start)
    {
        int comma = text.IndexOf(',', start);
        return Math.Min(comma < 0 ? text.Length : comma, start + MaxPort);
    }

    // A number that a port cannot have loses its upper bits.
    private static ushort? LastPort(string options)
    {
        int at = options.IndexOf(To, StringComparison.Ordinal);
        if (at < 0) return null;
        ReadOnlySpan<char> number = options.AsSpan(at + To.Length);
        if (number.IndexOf(',') is var end and >= 0) number = number[..end];
        number = number.TrimStart(" \t\n\v\f\r");
        ReadOnlySpan<char> digits = number is ['+' or '-', ..] ? number[1..] : number;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
        {
            throw new MigrationException("error parsing to= argument");
        }

        return long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long last)
            ? unchecked((ushort)last)
            : ushort.MaxValue;
    }

    private static bool? Flag(string options, string name)
    {
        int at = options.IndexOf($",{name}", StringComparison.Ordinal);
        if (at < 0) return null;
        string rest = options[(at + 1 + name.Length)..];
        int end = rest.IndexOf(',', StringComparison.Ordinal);
        bool isDoubled = end >= 0 && end + 1 < rest.Length && rest[end + 1] == ',';
        return (end < 0 ? rest : rest[..end]) switch
        {
            "" or "=on" when !isDoubled => true,
            "=off" when !isDoubled => false,
            _ => throw new MigrationException($"error parsing '{name}' flag '{rest}'"),
        };
    }
}
