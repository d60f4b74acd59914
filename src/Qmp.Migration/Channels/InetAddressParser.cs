using System.Globalization;
using System.Text.RegularExpressions;
using Qmp.Types;

namespace Qmp.Migration.Channels;

/// <summary>Reads <c>HOST:PORT[,to=PORT][,ipv4=on|off][,ipv6=on|off][,keep-alive=on|off][,mptcp=on|off]</c>.</summary>
/// <remarks>
/// As QEMU does it: a host has at most 64 bytes and a port 32, what is longer counts among the options; an option is
/// found anywhere behind the port, and those that are not known are ignored.
/// </remarks>
internal static partial class InetAddressParser
{
    private const string To = ",to=";

    /// <exception cref="MigrationException">It is none; the text is QEMU's.</exception>
    public static InetSocketAddress Parse(string text)
    {
        (Regex form, string what) = text switch
        {
            [':', ..] => (Anywhere(), "port in address"),
            ['[', ..] => (Ipv6Host(), "IPv6 address"),
            _ => (NamedHost(), "address"),
        };
        Match match = form.Match(text);
        if (!match.Success) throw new MigrationException($"error parsing {what} '{text}'");
        string options = text[match.Length..];
        return new InetSocketAddress
        {
            Host = match.Groups["host"].Value,
            Port = match.Groups["port"].Value,
            To = LastPort(options),
            Ipv4 = Flag(options, "ipv4"),
            Ipv6 = Flag(options, "ipv6"),
            KeepAlive = Flag(options, "keep-alive"),
            Mptcp = Flag(options, "mptcp"),
        };
    }

    // A number that a port cannot have loses its upper bits.
    private static ushort? LastPort(string options)
    {
        int at = options.IndexOf(To, StringComparison.Ordinal);
        if (at < 0) return null;
        Match number = Number().Match(options, at + To.Length);
        if (!number.Success) throw new MigrationException("error parsing to= argument");
        return long.TryParse(number.Groups[1].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long last)
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

    [GeneratedRegex(@"^:(?<port>[^,]{1,32})", RegexOptions.ExplicitCapture)]
    private static partial Regex Anywhere();

    [GeneratedRegex(@"^\[(?<host>[^\]]{1,64})\]:(?<port>[^,]{1,32})", RegexOptions.ExplicitCapture)]
    private static partial Regex Ipv6Host();

    [GeneratedRegex(@"^(?<host>[^:]{1,64}):(?<port>[^,]{1,32})", RegexOptions.ExplicitCapture)]
    private static partial Regex NamedHost();

    [GeneratedRegex(@"\G[ \t\n\v\f\r]*([+-]?[0-9]+)(?=,|$)")]
    private static partial Regex Number();
}
