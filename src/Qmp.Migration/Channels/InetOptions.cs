using System.Globalization;
using System.Text;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Channels;

/// <summary>Reads what stands behind <c>HOST:</c> where options are checked: <c>PORT[,to=PORT][,ipv4[=on|off]]…</c></summary>
/// <remarks>
/// A comma inside a value is doubled; a name without a value is a flag that is on. Texts are QEMU 11.1's.
/// </remarks>
internal static class InetOptions
{
    /// <summary>The address of a host and what stands behind it.</summary>
    /// <exception cref="MigrationException">An option is not known, or its value does not fit it.</exception>
    public static InetSocketAddress Parse(string host, string text)
    {
        List<string> items = Split(text);
        var address = new InetSocketAddress { Host = host, Port = items[0] };
        foreach (string item in items.Skip(1))
        {
            int equals = item.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? item : item[..equals];
            address = Apply(address, name, equals < 0 ? null : item[(equals + 1)..]);
        }

        return address;
    }

    private static InetSocketAddress Apply(InetSocketAddress address, string name, string? value) => name switch
    {
        "to" => address with { To = unchecked((ushort)Number(name, value)) },
        "ipv4" => address with { Ipv4 = Flag(name, value) },
        "ipv6" => address with { Ipv6 = Flag(name, value) },
        "numeric" => address with { Numeric = Flag(name, value) },
        "keep-alive" => address with { KeepAlive = Flag(name, value) },
        "keep-alive-count" => address with { KeepAliveCount = unchecked((uint)Number(name, value)) },
        "keep-alive-idle" => address with { KeepAliveIdle = unchecked((uint)Number(name, value)) },
        "keep-alive-interval" => address with { KeepAliveInterval = unchecked((uint)Number(name, value)) },
        "mptcp" => address with { Mptcp = Flag(name, value) },
        _ => throw new MigrationException($"Invalid parameter '{name}'"),
    };

    private static bool Flag(string name, string? value) => value switch
    {
        null or "on" or "yes" or "true" or "y" => true,
        "off" or "no" or "false" or "n" => false,
        _ => throw new MigrationException($"Parameter '{name}' expects 'on' or 'off'"),
    };

    private static ulong Number(string name, string? value) =>
        ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            ? number
            : throw new MigrationException($"Parameter '{name}' expects a number");

    private static List<string> Split(string text)
    {
        var items = new List<string>();
        var item = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            bool isComma = text[i] == ',';
            if (isComma && i + 1 < text.Length && text[i + 1] == ',') i++;
            else if (isComma)
            {
                items.Add(item.ToString());
                item.Clear();
                continue;
            }

            item.Append(text[i]);
        }

        items.Add(item.ToString());
        return items;
    }
}
