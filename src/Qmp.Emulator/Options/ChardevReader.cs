using System.Globalization;
using Qmp.Api;
using Qmp.Protocol.Visitors;
using Qmp.Protocol.Visitors.Text;
using Qmp.Types;

namespace Qmp.Emulator.Options;

/// <summary>
/// Reads character devices: <c>socket,id=ID,path=PATH</c>, and the short form <c>unix:PATH,server=on</c>,
/// <c>tcp:HOST:PORT</c>, <c>file:PATH</c>, <c>stdio</c>, <c>null</c>. Texts are QEMU's.
/// </summary>
internal static class ChardevReader
{
    private const string Multiplexed = "mon:";
    private const string Unix = "unix:";
    private const string Tcp = "tcp:";
    private const string File = "file:";

    /// <summary>The option <c>-chardev</c>.</summary>
    public static OptionSyntax<ChardevOptions> Option { get; } =
        new("chardev", OptionForm.Table, Checked, "backend") { Check = CheckItems };

    /// <summary>All character devices: QEMU makes those of -chardev before those that other options imply.</summary>
    /// <exception cref="CommandLineException">Two of them are standard input and output.</exception>
    public static IReadOnlyList<OptionValue<ChardevOptions>> All(GivenOptions given)
    {
        OptionValue<ChardevOptions>[] all =
            [.. given.All(OptionTable.Chardev).OrderBy(chardev => chardev.Option != Option.Option)];
        foreach (OptionValue<ChardevOptions> chardev in all.Where(c => c.Value is ChardevOptions.Stdio).Skip(1))
        {
            throw chardev.Error("cannot use stdio by multiple character devices");
        }

        return all;
    }

    /// <summary>Reads the short form.</summary>
    /// <param name="option">The option it belongs to.</param>
    /// <param name="text">The argument.</param>
    /// <param name="id">The device's id.</param>
    /// <param name="consequence">What QEMU says of a wrong one, in a second line.</param>
    /// <exception cref="CommandLineException">The argument is no character device, or contradicts itself.</exception>
    public static ChardevOptions ReadShort(string option, string text, string id, string consequence)
    {
        OptionList? options;
        try
        {
            options = Items(text);
            // What is wrong with an item is found while the short form is read, what contradicts another one later.
            if (options is not null) ChardevOptionsVisitor.Read(new OptionTableInputVisitor(options.WithId(id)), null);
        }
        catch (VisitorException e)
        {
            throw CommandLineException.At(option, text, e.Message).Then(consequence);
        }

        if (options is null) throw CommandLineException.At(option, text, consequence);
        try
        {
            return Option.Read(options.WithId(id));
        }
        catch (VisitorException e)
        {
            throw CommandLineException.At(option, text, e.Message);
        }
    }

    /// <returns>The items, or <see langword="null"/> for a host without port.</returns>
    private static OptionList? Items(string text)
    {
        if (Rest(text, Multiplexed) is { } single) text = single;
        if (text is "stdio" or "null") return OptionList.Parse($"backend={text}");
        if (Rest(text, File) is { } file) return OptionList.Parse("backend=file").With(Item("path", file));
        if (Rest(text, Unix) is { } unix) return OptionList.Parse(unix, "path").With(Item("backend", "socket"));
        string address = Rest(text, Tcp) ?? throw new VisitorException($"'{text}' is not a valid char driver");
        int end = address.IndexOf(',', StringComparison.Ordinal);
        string items = end < 0 ? "" : address[(end + 1)..];
        if (end >= 0) address = address[..end];
        int colon = address.LastIndexOf(':');
        return colon < 0 || colon == address.Length - 1
            ? null
            : OptionList.Parse(items).With(
                Item("backend", "socket"), Item("host", address[..colon].Trim('[', ']')), Item("port", address[(colon + 1)..]));
    }

    private static string? Rest(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : null;

    private static KeyValuePair<string, string> Item(string key, string value) => new(key, value);

    private static void CheckItems(Func<string, string?> item)
    {
        string id = item("id") ?? throw new VisitorException("chardev: no id specified");
        string backend = item("backend") ?? throw new VisitorException($"chardev: \"{id}\" missing backend");
        if (!ChardevBackendNameExtensions.TryParse(backend, out _))
        {
            throw new VisitorException($"'{backend}' is not a valid char driver name");
        }
    }

    private static ChardevOptions Checked(InputVisitor visitor, string? name)
    {
        ChardevOptions chardev = ChardevOptionsVisitor.Read(visitor, name);
        if (chardev is ChardevOptions.Socket { Value: var socket }) Check(socket);
        if (chardev is ChardevOptions.File { Value.Path: null }) throw new VisitorException("chardev: file: no filename given");
        return chardev;
    }

    private static void Check(ChardevSocketOptions socket)
    {
        int addresses = new[] { socket.Path, socket.Fd, socket.Host }.Count(address => address is not null);
        Refuse(addresses > 1, "None or one of 'path', 'fd' or 'host' option required.");
        Refuse(socket is { Host: not null, Port: null }, "chardev: socket: no port given");
        bool isServer = socket.Server == true;
        bool hasNumber = int.TryParse(socket.Fd, NumberStyles.None, CultureInfo.InvariantCulture, out _);
        Refuse(
            (addresses == 0 && !isServer) || (socket.Fd is not null && !hasNumber), $"Unable to parse FD number {socket.Fd}");
        Refuse(isServer && socket.Reconnect is > 0, "'reconnect' option is incompatible with socket in server listen mode");
        Refuse(isServer && socket.ReconnectMs is > 0, "'reconnect-ms' option is incompatible with socket in server listen mode");
        Refuse(!isServer && socket.Wait is not null, "'wait' option is incompatible with socket in client connect mode");
        Refuse(
            socket is { Reconnect: not null, ReconnectMs: not null }, "'reconnect' and 'reconnect-ms' are mutually exclusive");
        Refuse(socket is { Ipv4: false, Ipv6: false }, "Cannot disable IPv4 and IPv6 at same time");
    }

    private static void Refuse(bool condition, string text)
    {
        if (condition) throw new VisitorException(text);
    }
}
