using Qmp.Api;
using Qmp.Protocol.Visitors;
using Qmp.Protocol.Visitors.Text;
using Qmp.Types;
using CompatPolicy = Qmp.Protocol.Visitors.CompatPolicy;

namespace Qmp.Emulator.Options;

/// <summary>
/// Reads character devices: <c>socket,id=ID,path=PATH</c>, and the short form <c>unix:PATH,server=on</c>,
/// <c>tcp:HOST:PORT</c>, <c>telnet:HOST:PORT</c>, <c>file:PATH</c>, <c>pipe:PATH</c>, <c>pty</c>, <c>stdio</c>,
/// <c>vc</c>, <c>null</c>. Texts are QEMU's.
/// </summary>
internal static class ChardevReader
{
    private const string Unix = "unix:";
    private const string Tcp = "tcp:";
    private const string Telnet = "telnet:";
    private const string File = "file:";
    private const string Pipe = "pipe:";
    private const string Console = "vc:";

    /// <summary>The option <c>-chardev</c>.</summary>
    public static OptionSyntax<ChardevSpec> Option { get; } =
        new("chardev", OptionForm.Table, Checked, "backend") { Check = CheckItems };

    /// <summary>All character devices: QEMU makes those of -chardev before those that other options imply.</summary>
    /// <exception cref="CommandLineException">Two of them are standard input and output.</exception>
    public static IReadOnlyList<OptionValue<ChardevSpec>> All(GivenOptions given)
    {
        OptionValue<ChardevSpec>[] all =
            [.. given.All(OptionTable.Chardev).OrderBy(chardev => chardev.Option != Option.Option)];
        bool hasStreams = !given.Has(OptionTable.Daemonize);
        foreach (OptionValue<ChardevSpec> chardev in all.Where(c => c.Value.Backend is ChardevBackend.Stdio).Skip(hasStreams ? 1 : 0))
        {
            throw chardev.Error(hasStreams ? ChardevChecks.StdioIsTaken : "cannot use stdio with -daemonize");
        }

        return all;
    }

    /// <summary>Reads the short form.</summary>
    /// <param name="option">The option it belongs to.</param>
    /// <param name="text">The argument.</param>
    /// <param name="id">The device's id.</param>
    /// <param name="policy">What is accepted.</param>
    /// <param name="consequence">What QEMU says of a wrong one, in a second line.</param>
    /// <exception cref="CommandLineException">The argument is no character device, or contradicts itself.</exception>
    public static ChardevSpec ReadShort(string option, string text, string id, CompatPolicy policy, string consequence)
    {
        OptionList? options;
        try
        {
            options = Items(text);
            // What is wrong with an item is found while the short form is read, what contradicts another one later.
            if (options is not null) ChardevOptionsVisitor.Read(new OptionTableInputVisitor(options.WithId(id), policy), null);
        }
        catch (VisitorException e)
        {
            throw CommandLineException.At(option, text, e.Message).Then(consequence);
        }

        if (options is null) throw CommandLineException.At(option, text, consequence);
        try
        {
            return Option.Read(options.WithId(id), policy);
        }
        catch (VisitorException e)
        {
            throw CommandLineException.At(option, text, e.Message);
        }
    }

    /// <returns>The items, or <see langword="null"/> for a host without port.</returns>
    private static OptionList? Items(string text)
    {
        if (text is "stdio" or "null" or "pty" or "vc") return OptionList.Parse($"backend={text}");
        if (Rest(text, Console) is not null) return OptionList.Parse("backend=vc");
        if (Rest(text, File) is { } file) return OptionList.Parse("backend=file").With(Item("path", file));
        if (Rest(text, Pipe) is { } pipe) return OptionList.Parse("backend=pipe").With(Item("path", pipe));
        if (Rest(text, Unix) is { } unix) return OptionList.Parse(unix, "path").With(Item("backend", "socket"));
        bool isTelnet = Rest(text, Telnet) is not null;
        string address = Rest(text, Tcp) ?? Rest(text, Telnet) ?? throw new VisitorException($"'{text}' is not a valid char driver");
        int end = address.IndexOf(',', StringComparison.Ordinal);
        string items = end < 0 ? "" : address[(end + 1)..];
        if (end >= 0) address = address[..end];
        int colon = address.LastIndexOf(':');
        return colon < 0 || colon == address.Length - 1
            ? null
            : OptionList.Parse(items).With(
                Item("backend", "socket"), Item("telnet", isTelnet ? "on" : "off"), Item("host", address[..colon].Trim('[', ']')), Item("port", address[(colon + 1)..]));
    }

    private static string? Rest(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : null;

    private static KeyValuePair<string, string> Item(string key, string value) => new(key, value);

    private static void CheckItems(Func<string, string?> item)
    {
        string id = item("id") ?? throw new VisitorException("chardev: no id specified");
        string backend = item("backend") ?? throw new VisitorException($"chardev: \"{id}\" missing backend");
        if (!ChardevKinds.All.Any(kind => kind.ToWireName() == backend)) throw new VisitorException(ChardevKinds.Unknown(backend));
    }

    private static ChardevSpec Checked(InputVisitor visitor, string? name)
    {
        ChardevSpec chardev = ChardevConversion.ToSpec(ChardevOptionsVisitor.Read(visitor, name));
        ChardevChecks.Check(chardev.Backend);
        return chardev;
    }
}
