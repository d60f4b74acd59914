using System.Globalization;
using System.Text.RegularExpressions;
using Qmp.Emulator.Blocks;
using Qmp.Emulator.Catalogue;
using Qmp.Emulator.Control;
using Qmp.Emulator.Machines;
using Qmp.Emulator.Options;
using Qmp.Protocol.Threading;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.HumanMonitor;

/// <summary>The commands of the human monitor about devices, disks and objects.</summary>
internal sealed partial class HumanMachineCommands
{
    private readonly BuiltMachine _built;

    public HumanMachineCommands(BuiltMachine built, Preconfiguration preconfiguration, ShutdownController shutdown)
    {
        _built = built;
        All =
        [
            new(["nmi"], "", "inject an NMI", a => Done(a, Interrupt)),
            new(["system_wakeup"], "", "wakeup guest from suspend", async a =>
            {
                a.End();
                if (!built.Type.IsPc) throw new CommandException("wake-up from suspend is not supported by this guest");
                await shutdown.WakeUpAsync().ConfigureAwait(OrderedContext.IsCurrent);
                return "";
            }),
            new(["device_add"], "driver[,prop=value][,...]", "add device, like -device on the command line", AddDevice),
            new(["device_del"], "device", "remove device", a => Last(a, built.Plugged.Remove)),
            new(["object_add"], "[qom-type=]type,id=str[,prop=value][,...]", "create QOM object", AddObject),
            new(["object_del"], "id", "destroy QOM object", a => Last(a, id => built.Objects.Remove(id, monitor: ""))),
            new(["netdev_add"], "[user|tap|socket|stream|dgram|vde|bridge|hubport|netmap|vhost-user],id=str[,prop=value][,...]", "add host network device", AddNetwork),
            new(["netdev_del"], "id", "remove host network device", a => Last(a, built.Networks.Remove)),
            new(["set_link"], "name on|off", "change the link status of a network adapter", SetLink),
            new(["drive_add"], "[-n] [[<domain>:]<bus>:]<slot>\n[file=file][,if=type][,bus=n]\n[,unit=m][,media=d][,index=i]\n[,snapshot=on|off][,cache=on|off]\n[,readonly=on|off][,copy-on-read=on|off]", "add drive to PCI storage controller", AddDrive),
            new(["drive_del"], "device", "remove host block device", a => Last(a, RemoveDrive)),
            new(["eject"], "[-f] device", "eject a removable medium (use -f to force it)", Eject),
            new(["change"], "device [-f] filename [format [read-only-mode]]", "change a removable medium, optional format, use -f to force the operation", Change),
            new(["block_resize"], "device size", "resize a block image", Resize),
            new(["exit_preconfig"], "", "exit the preconfig state", a => Done(a, preconfiguration.End)),
        ];
    }

    public IReadOnlyList<HumanCommand> All { get; }

    private static ValueTask<string> Done(HumanArguments arguments, Action run)
    {
        arguments.End();
        run();
        return new ValueTask<string>("");
    }

    private static ValueTask<string> Last(HumanArguments arguments, Action<string> run)
    {
        string text = arguments.Text();
        arguments.End();
        run(text);
        return new ValueTask<string>("");
    }

    private ValueTask<string> LastOr(HumanArguments arguments, string needed, Option option, Action<string> run)
    {
        string text = arguments.OptionalText() ?? throw new CommandException($"Parameter '{needed}' is missing");
        arguments.End();
        return ListOr(text, option, run);
    }

    // What is not there is no error of the command's: it is told like a list.
    private ValueTask<string> ListOr(string text, Option option, Action<string> run)
    {
        string? listing;
        try
        {
            listing = option.Listing?.Invoke(text, _built.Version)?.Text;
        }
        catch (CommandLineException e)
        {
            listing = option == OptionTable.Object ? Listings.Objects(_built.Version) : $"{e.Reason}\n";
        }

        if (listing is null) run(text);
        return new ValueTask<string>(listing ?? "");
    }

    private void Interrupt()
    {
        if (!_built.Type.IsPc) throw new CommandException("machine does not provide NMIs");
    }

    private ValueTask<string> AddDevice(HumanArguments arguments) => LastOr(arguments, "driver", OptionTable.Device, text =>
    {
        if (_built.Migration.IsRunning) throw new CommandException("device_add not allowed while migrating");
        DeviceArguments device = Read(() => DeviceArguments.OfText(text, _ => { }));
        if (device.Own is not null) throw new CommandException($"Device '{device.Driver}' can not be hotplugged on this machine");
        _built.Plugged.Add(device, isHot: true);
    });

    private ValueTask<string> AddObject(HumanArguments arguments)
    {
        string text = arguments.Text();
        arguments.End();
        return ListOr(text, OptionTable.Object, t => _built.Objects.Add(Read(() => OptionTable.Object.ReadValue(t, _built.Version))));
    }

    private ValueTask<string> AddNetwork(HumanArguments arguments) =>
        LastOr(arguments, "id", OptionTable.Netdev, text =>
        {
            Netdev network;
            try
            {
                network = OptionTable.Netdev.ReadValue(text, _built.Version);
            }
            catch (CommandLineException e) when (Unexpected().Match(e.Reason) is { Success: true } found)
            {
                throw new CommandException($"Invalid parameter '{found.Groups[1].Value}'");
            }
            catch (CommandLineException e)
            {
                throw new CommandException(e.Reason);
            }

            // What is wrong is told on standard error.
            if (_built.Networks.Has(network.Id)) throw new HumanException("Try \"help netdev_add\" for more information\n");
            _built.Networks.Add(network);
        });

    private ValueTask<string> SetLink(HumanArguments arguments)
    {
        string name = arguments.Text();
        arguments.OnOff();
        arguments.End();
        _built.Networks.SetLink(name);
        return new ValueTask<string>("");
    }

    // Where it goes does not matter: only drives that no device has are taken.
    private ValueTask<string> AddDrive(HumanArguments arguments)
    {
        arguments.Flags("n");
        arguments.Text();
        string text = arguments.Text();
        arguments.End();
        DriveArguments drive = DriveArguments.Read(text);
        int kind = Array.IndexOf(DriveTable.Kinds, drive["if"] ?? (_built.Type.IsPc ? "ide" : "none"));
        if (kind > 0) return new ValueTask<string>(string.Create(CultureInfo.InvariantCulture, $"Can't hot-add drive to type {kind}\n"));
        _built.Drives.Add(drive);
        return new ValueTask<string>("OK\n");
    }

    private void RemoveDrive(string name)
    {
        Disk disk = _built.Disks.Drive(name) ?? throw new CommandException(
            new Qmp.Protocol.Messages.QmpError("DeviceNotFound", $"Device '{name}' not found"));
        _built.Disks.RemoveDrive(disk);
    }

    private ValueTask<string> Eject(HumanArguments arguments)
    {
        arguments.Flags("f");
        string name = arguments.Disk();
        arguments.End();
        Disk disk = _built.Disks.Find(name, null);
        _built.Disks.MoveTray(disk, opens: true);
        _built.Disks.RemoveMedium(disk);
        return new ValueTask<string>("");
    }

    private ValueTask<string> Change(HumanArguments arguments)
    {
        arguments.Flags("f");
        string device = arguments.Disk();
        string path = arguments.Text();
        string? format = arguments.OptionalText();
        string? mode = arguments.OptionalText();
        arguments.End();
        BlockdevChangeReadOnlyMode? readOnly = null;
        if (mode is not null)
        {
            if (!BlockdevChangeReadOnlyModeExtensions.TryParse(mode, out BlockdevChangeReadOnlyMode known)) throw new CommandException($"invalid parameter value: {mode}");
            readOnly = known;
        }

        _built.Disks.ChangeMedium(
            _built.Disks.Find(device, null), new BlockdevChangeMediumArguments { Filename = path, Format = format, ReadOnlyMode = readOnly });
        return new ValueTask<string>("");
    }

    // A plain number counts mebibytes.
    private ValueTask<string> Resize(HumanArguments arguments)
    {
        string device = arguments.Disk();
        string text = arguments.Text();
        arguments.End();
        if (Qmp.Protocol.Visitors.Text.SizeText.Parse(text, out ulong size, defaultSuffix: 'M') != Qmp.Protocol.Visitors.Text.NumberOutcome.Valid || size > long.MaxValue)
        {
            throw new HumanException("block_resize: invalid size\nTry \"help block_resize\" for more information\n");
        }

        BlockNode? node = _built.Disks.MediumOf(device);
        BlockGraph.Resize(node ?? _built.Blocks.Named(device, null), (long)size);
        return new ValueTask<string>("");
    }

    [GeneratedRegex("^Parameter '(.*)' is unexpected$")]
    private static partial Regex Unexpected();

    private static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CommandLineException e)
        {
            throw new CommandException(e.Reason);
        }
    }
}
