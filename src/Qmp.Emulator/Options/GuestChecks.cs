using Qmp.Types;
using System.Globalization;
using Newtonsoft.Json.Linq;
using Qmp.Emulator.Catalogue;
using Qmp.Emulator.Versions;
using Qmp.Protocol.Visitors;
using Qmp.Protocol.Visitors.Text;

namespace Qmp.Emulator.Options;

/// <summary>What QEMU checks of the options in <see cref="GuestOptionTable"/>. Texts are QEMU's, but for what is not done here.</summary>
internal static class GuestChecks
{
    private const string TpmTypes =
        "Supported TPM types (choose only one):\n passthrough   Passthrough TPM backend driver\n    emulator   TPM emulator backend driver\n";

    private static readonly string[] Models = ["passthrough", "mapped-xattr", "mapped-file", "mapped", "none"];
    private static readonly string[] UsbDevices = ["braille", "keyboard", "mouse", "tablet", "wacom-tablet", "ccid"];

    public static void Table(OptionValue<string> table)
    {
        OptionList items = Items(table, "data");
        if ((items["file"] ?? items["data"]) is not { } files || (items["file"] is not null && items["data"] is not null))
        {
            throw table.Error("'-acpitable' requires one of 'data' or 'file'");
        }

        foreach (string file in files.Split(':'))
        {
            if (!File.Exists(file)) throw table.Error($"can't open file {file}: No such file or directory");
        }
    }

    public static void FileSystem(OptionValue<string> system)
    {
        OptionList items = Items(system, "fsdriver");
        if (items.Id is null) throw system.Error("fsdev: No id specified");
        Check(system, items);
    }

    public static void SharedFolder(string text, CommandLineParser parser)
    {
        var value = new OptionValue<string>("virtfs", text, text);
        OptionList items = Items(value, "fsdriver");
        if (items["fsdriver"] is null || items["mount_tag"] is not { } tag) throw value.Error("Usage: -virtfs fsdriver,mount_tag=tag");
        Check(value, items);
        var properties = new JObject { ["fsdev"] = items.Id ?? tag, ["mount_tag"] = tag };
        parser.Given.Add(OptionTable.Device, new OptionValue<DeviceArguments>(
            "virtfs", text, new DeviceArguments("virtio-9p-pci", null, null, properties, IsText: true)));
    }

    public static void DebugConsole(string text, CommandLineParser parser)
    {
        string id = parser.ReadDevice("debugcon", text);
        parser.Given.Add(OptionTable.Device, new OptionValue<DeviceArguments>(
            "debugcon", text, new DeviceArguments("isa-debugcon", null, null, new JObject { ["chardev"] = id }, IsText: true)));
    }

    public static void UsbDevice(string text, CommandLineParser parser)
    {
        var value = new OptionValue<string>("usbdevice", text, text);
        if (!UsbDevices.Contains(text)) throw value.Error($"could not add USB device '{text}'");
        if (!(MachineType.Find(parser.MachineName, parser.Version)?.IsPc ?? false))
        {
            throw value.Error(
                    $"Error: no usb bus to attach usbdevice {text}, please try -machine usb=on and check that the machine model supports USB")
                .Then($"could not add USB device '{text}'");
        }

        string driver = text == "keyboard" ? "usb-kbd" : $"usb-{text}";
        parser.AddToMachine(null, "usb=on", "type");
        parser.Given.Add(OptionTable.Device, new OptionValue<DeviceArguments>("usbdevice", text, new DeviceArguments(driver, null, null, [], IsText: true)));
    }

    public static void Tpm(OptionValue<string> tpm)
    {
        OptionList items = Items(tpm, "type");
        if (items.Id is null) throw tpm.Error("Parameter 'id' is missing");
        string? type = items["type"];
        if (type == "passthrough")
        {
            string path = items["path"] ?? "/dev/tpm0";
            if (!File.Exists(path)) throw tpm.Error($"Cannot access TPM device using '{path}': No such file or directory");
        }
        else if (type != "emulator")
        {
            throw tpm.Error("Parameter 'type' expects a TPM backend type").Then(TpmTypes.TrimEnd());
        }

        throw tpm.Error("TPMs are not supported by this emulator");
    }

    public static Printout? TpmHelp(string text, QemuVersion version) => Listings.AsksForHelp(text) ? new(TpmTypes, 1) : null;

    public static void Plugin(OptionValue<string> plugin)
    {
        string file = Items(plugin, "file")["file"] ?? throw new CommandLineException("plugin: no file specified");
        string path = File.Exists(file) ? file : $"{file}.so";
        if (!File.Exists(path))
        {
            throw new CommandLineException($"Could not load plugin {file}: {path}: cannot open shared object file: No such file or directory");
        }

        throw new CommandLineException($"Could not load plugin {file}: plugins are not supported by this emulator");
    }

    public static void LogRange(OptionValue<string> range)
    {
        foreach (string part in range.Value.Split(','))
        {
            int at = part.IndexOf("..", StringComparison.Ordinal);
            int sign = part.IndexOfAny(['+', '-']);
            int length = at >= 0 ? 2 : 1;
            if (at < 0) at = sign;
            if (at <= 0 || !IsNumber(part[..at]) || !IsNumber(part[(at + length)..])) throw range.Error("Bad range specifier");
        }
    }

    /// <summary>Checks what only a whole command line shows.</summary>
    /// <exception cref="CommandLineException">There is what there cannot be.</exception>
    public static void All(GivenOptions given, MachineType type, Action<string> warn)
    {
        foreach (OptionValue<string> value in given.All(HostOptionTable.FirmwareValues)) Firmware(value, type, warn);
        if (given.Has(GuestOptionTable.Shim) && !given.Has(HostOptionTable.Kernel)) throw new CommandLineException("-shim only allowed with -kernel option");
        if (given.Has(GuestOptionTable.Preconfigured) && given.All(OptionTable.Incoming).LastOrDefault(i => i.Value.Type == MigrationChannelType.Main) is { Text: not "defer" })
        {
            throw new CommandLineException("'preconfig' supports '-incoming defer' only");
        }

        foreach (OptionValue<string> debugger in given.All(GuestOptionTable.Debugger).Concat(given.All(GuestOptionTable.DebuggerShort)))
        {
            string message = type.IsPc
                ? "gdbstub: not supported by this emulator, whose processors execute nothing"
                : "gdbstub: meaningless to attach gdb to a machine without any CPU.";
            if (type.IsPc && debugger.Value == "none") continue;
            throw CommandLineException.At(debugger.Option, debugger.Option == "s" ? null : debugger.Text, message);
        }
    }

    /// <summary>Changes an option that was given before.</summary>
    public static void Set(string text, CommandLineParser parser)
    {
        var value = new OptionValue<string>("set", text, text);
        int first = text.IndexOf('.', StringComparison.Ordinal);
        int second = first < 0 ? -1 : text.IndexOf('.', first + 1);
        int equals = second < 0 ? -1 : text.IndexOf('=', second + 1);
        if (first <= 0 || second <= first + 1 || equals <= second + 1) throw value.Error($"can't parse: \"{text}\"");
        (string group, string id) = (text[..first], text[(first + 1)..second]);
        string item = $"{text[(second + 1)..equals]}={text[(equals + 1)..].Replace(",", ",,", StringComparison.Ordinal)}";
        bool? isDone = group switch
        {
            "device" => OptionTable.Device.Change(id, item, parser),
            "drive" => BlockOptionTable.Drive.Change(id, item, parser),
            "chardev" => OptionTable.Chardev.Change(id, item, parser),
            "object" or "netdev" or "mon" => false,
            _ => null,
        };
        if (isDone is null) throw value.Error($"There is no option group '{group}'");
        if (isDone == false) throw value.Error($"there is no {group} \"{id}\" defined");
    }

    private static void Check(OptionValue<string> system, OptionList items)
    {
        if (items["fsdriver"] is not ("local" or "synth")) throw system.Error($"fsdev: fsdriver {items["fsdriver"]} not found");
        if (items["fsdriver"] == "synth") return;
        if (items["security_model"] is not { } model)
        {
            throw system.Error("security_model property not set\nValid options are: security_model=[passthrough|mapped-xattr|mapped-file|none]");
        }

        if (!Models.Contains(model))
        {
            throw system.Error($"invalid security_model property '{model}'\nValid options are: security_model=[passthrough|mapped-xattr|mapped-file|none]");
        }

        if (items["path"] is not { } path) throw system.Error("path property not set");
        if (!Directory.Exists(path)) throw system.Error($"cannot initialize fsdev '{items.Id ?? items["mount_tag"]}': failed to open '{path}': No such file or directory");
    }

    private static void Firmware(OptionValue<string> value, MachineType type, Action<string> warn)
    {
        if (!type.IsPc) throw value.Error("fw_cfg device not available");
        OptionList items = Items(value, "name");
        if (!items["name"]!.StartsWith("opt/", StringComparison.Ordinal))
        {
            warn(value.Error("warning: externally provided fw_cfg item names should be prefixed with \"opt/\"").Message);
        }

        if (items["file"] is { } file && !File.Exists(file))
        {
            throw value.Error($"can't load {file}: Failed to open file “{file}”: No such file or directory");
        }
    }

    private static bool IsNumber(string text)
    {
        bool isHex = text.StartsWith("0x", StringComparison.Ordinal);
        return ulong.TryParse(
            isHex ? text[2..] : text, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out _);
    }

    private static OptionList Items(OptionValue<string> value, string? impliedKey)
    {
        try
        {
            return OptionList.Parse(value.Text, impliedKey);
        }
        catch (VisitorException e)
        {
            throw value.Error(e.Message);
        }
    }
}
