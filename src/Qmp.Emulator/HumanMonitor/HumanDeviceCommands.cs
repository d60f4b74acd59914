using System.Globalization;
using System.Text;
using Qmp.Api;
using Qmp.Emulator.Chardevs;
using Qmp.Emulator.Options;
using Qmp.Emulator.Versions;
using Qmp.Protocol.Threading;
using Qmp.Protocol.Transport;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.HumanMonitor;

/// <summary>The commands of the human monitor about character devices and dumps.</summary>
internal sealed class HumanDeviceCommands
{
    private const string IdKey = "id=";

    private readonly ChardevSet _chardevs;
    private readonly Func<ChardevSpec, OpenedChardev> _open;
    private readonly IDumpCommands _dump;
    private readonly ICharCommands _commands;
    private readonly QemuVersion _version;

    public HumanDeviceCommands(
        ChardevSet chardevs, Func<ChardevSpec, OpenedChardev> open, IDumpCommands dump, ICharCommands commands, QemuVersion version)
    {
        _commands = commands;
        _chardevs = chardevs;
        _open = open;
        _dump = dump;
        _version = version;
        All =
        [
            new(["chardev-add"], "args", "add chardev", Add),
            new(["chardev-change"], "id args", "change chardev", ChangeAsync),
            new(["chardev-remove"], "id", "remove chardev", Remove),
            new(["chardev-send-break"], "id", "send a break on chardev", SendBreak),
            new(["ringbuf_write"], "device data", "Write to a ring buffer character device", WriteRing),
            new(["ringbuf_read"], "device size", "Read from a ring buffer character device", ReadRing),
            new(
                ["dump-guest-memory"],
                "[-p] [-d] filename [begin length]",
                "dump guest memory into file 'filename'.\n\t\t\t-d: do not wait for the end.",
                DumpAsync),
        ];
    }

    public IReadOnlyList<HumanCommand> All { get; }

    private ValueTask<string> Add(HumanArguments arguments)
    {
        string text = LastText(arguments);
        ChardevSpec spec;
        try
        {
            spec = ChardevReader.Option.Read(text, CommandLineParser.Apart(_version)).Value;
            if (_chardevs.Find(spec.Id) is not null) throw new CommandException($"Duplicate ID '{spec.Id}' for chardev");
            _chardevs.Add(spec, _open);
        }
        catch (CommandLineException e)
        {
            throw new CommandException(e.Reason);
        }
        catch (TransportException e)
        {
            throw new CommandException(e.Message);
        }

        return new ValueTask<string>("");
    }

    private async ValueTask<string> ChangeAsync(HumanArguments arguments)
    {
        string id = arguments.Text();
        string text = LastText(arguments);
        if (text.Split(',').FirstOrDefault(item => item.StartsWith(IdKey, StringComparison.Ordinal))?[IdKey.Length..] is { } other)
        {
            throw _chardevs.Find(other) is null
                ? new CommandException("Unexpected 'id' parameter")
                : new HumanException($"Duplicate ID '{other}' for chardev\nError: Parsing chardev args failed\n");
        }

        ChardevBackend backend;
        try
        {
            backend = ChardevReader.Option.Read($"{text},id={id}", CommandLineParser.Apart(_version)).Value.Backend;
        }
        catch (CommandLineException e)
        {
            throw new CommandException(e.Reason);
        }

        await _commands.ChardevChangeAsync(new ChardevChangeArguments { Id = id, Backend = backend }, CancellationToken.None).ConfigureAwait(OrderedContext.IsCurrent);
        return "";
    }

    private ValueTask<string> Remove(HumanArguments arguments)
    {
        Chardev found = Find(LastText(arguments));
        if (found.FrontEnd.IsOpen) throw new CommandException($"Chardev '{found.Id}' is busy");
        _chardevs.Remove(found);
        return new ValueTask<string>("");
    }

    private ValueTask<string> SendBreak(HumanArguments arguments)
    {
        Find(LastText(arguments));
        return new ValueTask<string>("");
    }

    private ValueTask<string> WriteRing(HumanArguments arguments)
    {
        RingBuffer ring = Ring(arguments.Text());
        ring.Write(Encoding.UTF8.GetBytes(LastText(arguments)));
        return new ValueTask<string>("");
    }

    // What is no text is shown as a number.
    private ValueTask<string> ReadRing(HumanArguments arguments)
    {
        RingBuffer ring = Ring(arguments.Text());
        long size = arguments.Integer();
        arguments.End();
        if (size <= 0) throw new CommandException("size must be greater than zero");
        var text = new StringBuilder();
        foreach (char c in Encoding.UTF8.GetString(ring.Read(size)))
        {
            if (c == '\\') text.Append("\\\\");
            else if ((c < ' ' && c != '\n') || c == '\u007f') text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else text.Append(c);
        }

        return new ValueTask<string>(text.Append('\n').ToString());
    }

    private async ValueTask<string> DumpAsync(HumanArguments arguments)
    {
        HashSet<char> flags = arguments.Flags("pdzlswR");
        string path = arguments.Text();
        long? begin = arguments.OptionalInteger();
        long? length = arguments.OptionalInteger();
        arguments.End();
        if ("zlsw".Count(flags.Contains) > 1) throw new CommandException("only one of '-z|-l|-s|-w' can be set");
        await _dump.DumpGuestMemoryAsync(
            new DumpGuestMemoryArguments
            {
                Paging = flags.Contains('p'),
                Protocol = $"file:{path}",
                Detach = flags.Contains('d'),
                Begin = begin,
                Length = length,
                Format = FormatOf(flags),
            },
            CancellationToken.None).ConfigureAwait(OrderedContext.IsCurrent);
        return "";
    }

    private static DumpGuestMemoryFormat FormatOf(HashSet<char> flags)
    {
        bool isRaw = flags.Contains('R');
        if (flags.Contains('w')) return DumpGuestMemoryFormat.WinDmp;
        if (flags.Contains('z')) return isRaw ? DumpGuestMemoryFormat.KdumpRawZlib : DumpGuestMemoryFormat.KdumpZlib;
        if (flags.Contains('l')) return isRaw ? DumpGuestMemoryFormat.KdumpRawLzo : DumpGuestMemoryFormat.KdumpLzo;
        if (flags.Contains('s')) return isRaw ? DumpGuestMemoryFormat.KdumpRawSnappy : DumpGuestMemoryFormat.KdumpSnappy;
        return DumpGuestMemoryFormat.Elf;
    }

    private static string LastText(HumanArguments arguments)
    {
        string text = arguments.Text();
        arguments.End();
        return text;
    }

    private Chardev Find(string id) => _chardevs.Find(id) ?? throw new CommandException($"Chardev '{id}' not found");

    private RingBuffer Ring(string id)
    {
        Chardev found = _chardevs.Find(id) ?? throw new CommandException($"Device '{id}' not found");
        return found.Ring ?? throw new CommandException($"{id} is not a ringbuf device");
    }
}
