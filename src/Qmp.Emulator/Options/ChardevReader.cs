using System.Globalization;
using Qmp.Api;
using Qmp.Protocol.Visitors;
using Qmp.Protocol.Visitors.Text;
using Qmp.Types;

namespace Qmp.Emulator.Options;

/// <summary>
/// Reads character devices: <c>socket,id=ID,path=PATH</c>, and the short form <c>unix:PATH,server=on</c>,
/// <c>tcp:HOST:PORT</c>, <c>stdio</c>.
/// </summary>
internal static class ChardevReader
{
    /// <summary>The option <c>-chardev</c>.</summary>
    public static OptionSyntax<ChardevOptions> Option { get; } =
        new("chardev", OptionForm.Table, Checked, "backend") { Check = CheckItems };

    /// <summary>Reads the short form.</summary>
    /// <param name="option">The option it belongs to.</param>
    /// <param name="text">The argument.</param>
    /// <param name="id">The device's id.</param>
    /// <exception cref="CommandLineException">It is none.</exception>
    public static ChardevOptions ReadShort(string option, string text, string id)
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
            throw CommandLineException.At(option, text, e.Message).Then($"parse error: {text}");
        }

        if (options is null) throw CommandLineException.At(option, text, $"parse error: {text}");
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
        const string Multiplexed = "mon:";
        if (text.StartsWith(Multiplexed, StringComparison.Ordinal)) text = text[Multiplexed.Length..];
        if (text == "stdio") return OptionList.Parse("backend=stdio");
        if (text.StartsWith("unix:", StringComparison.Ordinal))
        {
            return OptionList.Parse(text["unix:".Length..], "path").With(Item("backend", "socket"));
        }

        if (!text.StartsWith("tcp:", StringComparison.Ordinal))
        {
            throw new VisitorException($"'{text}' is not a valid char driver");
        }

        string address = text["tcp:".Length..];
        int end = address.IndexOf(',', StringComparison.Ordinal);
        string items = end < 0 ? "" : address[(end + 1)..];
        if (end >= 0) address = address[..end];
        int colon = address.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 || colon == address.Length - 1
            ? null
            : OptionList.Parse(items).With(
                Item("backend", "socket"), Item("host", address[..colon]), Item("port", address[(colon + 1)..]));
    }

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
        return chardev;
    }

    private static void Check(ChardevSocketOptions socket)
    {
        int addresses = new[] { socket.Path, socket.Fd, socket.Host }.Count(address => address is not null);
        if (addresses > 1)
        {
            throw new VisitorException("None or one of 'path', 'fd' or 'host' option required.");
        }

        if (socket is { Host: not null, Port: null }) throw new VisitorException("chardev: socket: no port given");
        if (addresses == 0 || socket.Path == "" || (socket.Fd is { } fd && !int.TryParse(fd, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            throw new VisitorException($"Unable to parse FD number {socket.Fd}");
        }

        if (socket is { Server: not true, Wait: not null })
        {
            throw new VisitorException("'wait' option is incompatible with socket in client connect mode");
        }
    }
}
