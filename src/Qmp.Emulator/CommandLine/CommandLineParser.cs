using System.Globalization;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Protocol.Visitors;
using Qmp.Protocol.Visitors.Keyval;
using Qmp.Types;

namespace Qmp.Emulator.CommandLine;

/// <summary>Reads QEMU's command line.</summary>
public sealed class CommandLineParser
{
    private readonly JObject _machine = [];
    private readonly List<MonitorSpec> _monitors = [];
    private readonly Dictionary<string, ChardevOptions> _chardevs = new(StringComparer.Ordinal);
    private readonly List<OptionValue<MonitorOptions>> _mons = [];
    private readonly List<OptionValue<ObjectOptions>> _objects = [];
    private readonly List<OptionValue<DeviceOptions>> _devices = [];
    private readonly List<GlobalProperty> _globals = [];
    private readonly List<OptionValue<AddFdOptions>> _descriptors = [];
    private readonly List<string> _tracePatterns = [];
    private EmulatorOptions _options = new();

    private CommandLineParser()
    {
    }

    /// <summary>Reads the words of a command line.</summary>
    /// <exception cref="CommandLineException">They are not understood.</exception>
    public static EmulatorOptions Parse(IReadOnlyList<string> words)
    {
        var parser = new CommandLineParser();
        for (int i = 0; i < words.Count; i++)
        {
            string word = words[i];
            if (!word.StartsWith('-') || word.Length < 2)
            {
                throw new CommandLineException($"{word}: Could not open '{word}': there are no disk images");
            }

            string name = word.StartsWith("--", StringComparison.Ordinal) ? word[2..] : word[1..];
            CommandLineOption option = OptionTable.All.FirstOrDefault(o => o.Name == name || o.Alias == name)
                ?? throw new CommandLineException($"{word}: invalid option");
            if (option.Argument is null)
            {
                option.Apply(parser, "");
                continue;
            }

            if (++i == words.Count) throw new CommandLineException($"{word}: requires an argument");
            option.Apply(parser, words[i]);
        }

        return parser.Finish();
    }

    /// <summary>The help: one line an option.</summary>
    public static string Help()
    {
        var text = new System.Text.StringBuilder("usage: qmpd [options]\n\n");
        foreach (CommandLineOption option in OptionTable.All)
        {
            string names = option.Alias is null ? $"-{option.Name}" : $"-{option.Alias}, -{option.Name}";
            string left = option.Argument is null ? names : $"{names} {option.Argument}";
            text.Append(CultureInfo.InvariantCulture, $"  {left,-44} {option.Help}\n");
        }

        text.Append("\nOptions that take key=value lists also take JSON.\n");
        text.Append("Example: qmpd -M none -m 64M -qmp unix:/tmp/qmp.sock,server=on,wait=off\n");
        return text.ToString();
    }

    /// <summary>The machine types: one line each.</summary>
    public static string Machines() => Emulator.Machines.MachineType.Help();

    // The options; called by the table.
    internal void AddMachine(string text)
    {
        if (text is "help" or "?") _options = _options with { ShowMachines = true };
        else _machine.Merge(OptionReader.ReadMembers("machine", text, "type"));
    }

    internal void SetMemory(string text)
    {
        MemoryOptions memory = OptionReader.Read("m", text, "size", MemoryOptionsVisitor.Read, sizeSuffix: 'M');
        if (memory.Size is { } size) _options = _options with { MemorySize = size };
    }

    internal void SetName(string text) => _options = _options with
    {
        Name = OptionReader.Read("name", text, "guest", NameOptionsVisitor.Read).Guest ?? _options.Name,
    };

    internal void SetUuid(string text)
    {
        if (!Guid.TryParseExact(text, "D", out Guid uuid))
        {
            throw CommandLineException.At("uuid", text, "failed to parse UUID string: wrong format");
        }

        _options = _options with { Uuid = uuid };
    }

    internal void StartStopped() => _options = _options with { StartStopped = true };

    internal void AddQmp(string option, string text, bool pretty)
    {
        string id = string.Create(CultureInfo.InvariantCulture, $"compat_monitor{_monitors.Count}");
        _monitors.Add(new MonitorSpec(id, id, ChardevText.Parse(option, text), pretty, option, text));
    }

    internal void AddChardev(string text)
    {
        ChardevOptions chardev = OptionReader.Read("chardev", text, "backend", ChardevOptionsVisitor.Read);
        if (!_chardevs.TryAdd(chardev.Id, chardev))
        {
            throw CommandLineException.At("chardev", text, $"Duplicate ID '{chardev.Id}' for chardev");
        }
    }

    internal void AddMonitor(string text) => _mons.Add(
        new OptionValue<MonitorOptions>(
            "mon", text, OptionReader.Read("mon", text, "chardev", MonitorOptionsVisitor.Read)));

    internal void SetIncoming(string text) => _options = _options with { Incoming = text };

    internal void AddObject(string text) => _objects.Add(
        new OptionValue<ObjectOptions>(
            "object", text, OptionReader.Read("object", text, "qom-type", ObjectOptionsVisitor.Read)));

    internal void AddDevice(string text)
    {
        JObject members = OptionReader.ReadMembers("device", text, "driver");
        if ((string?)members["driver"] is { } driver && !DeviceDriverExtensions.TryParse(driver, out _))
        {
            throw CommandLineException.At("device", text, $"'{driver}' is not a valid device model name");
        }

        _devices.Add(
            new OptionValue<DeviceOptions>(
                "device", text, OptionReader.Read("device", text, "driver", DeviceOptionsVisitor.Read)));
    }

    internal void AddGlobal(string text) => _globals.Add(
        GlobalProperty.Parse(text) ?? throw CommandLineException.At("global", text, "Expected DRIVER.PROPERTY=VALUE"));

    internal void SetPidFile(string text) => _options = _options with { PidFile = text };

    internal void SetLogFile(string text) => _options = _options with { LogFile = text };

    internal void AddLogItems(string text)
    {
        foreach (string item in text.Split(','))
        {
            if (!item.StartsWith("trace:", StringComparison.Ordinal))
            {
                throw CommandLineException.At("d", text, $"'{item}' is not a log item; only trace:PATTERN is");
            }

            _tracePatterns.Add(item["trace:".Length..]);
        }
    }

    internal void AddTrace(string text) => _tracePatterns.Add(
        text.StartsWith("enable=", StringComparison.Ordinal) ? text["enable=".Length..] : text);

    internal void Require(string option, string text, params string[] accepted)
    {
        if (accepted.Contains(text)) return;
        throw CommandLineException.At(option, text, $"Parameter 'type' does not accept value '{text}'");
    }

    internal void SetAccelerator(string text)
    {
        JObject members = OptionReader.ReadMembers("accel", text, "accel");
        if ((string?)members["accel"] is not "tcg")
        {
            throw CommandLineException.At("accel", text, $"invalid accelerator {members["accel"]}");
        }
    }

    internal void SetSmp(string text)
    {
        SmpOptions smp = OptionReader.Read("smp", text, "cpus", SmpOptionsVisitor.Read);
        long cpus = smp.Cpus ?? (smp.Sockets ?? 1) * (smp.Cores ?? 1) * (smp.Threads ?? 1);
        if (cpus < 1) throw new CommandLineException("Invalid CPU topology: CPU topology parameters must be greater than zero");
        _options = _options with { Cpus = cpus };
    }

    internal void SetCpu(string text) => _options = _options with { CpuModel = text };

    internal void SetActions(string text)
    {
        SetActionArguments actions = OptionReader.Read("action", text, null, SetActionArgumentsVisitor.Read);
        _options = _options with
        {
            Actions = _options.Actions with
            {
                Reboot = actions.Reboot ?? _options.Actions.Reboot,
                Shutdown = actions.Shutdown ?? _options.Actions.Shutdown,
                Panic = actions.Panic ?? _options.Actions.Panic,
                Watchdog = actions.Watchdog ?? _options.Actions.Watchdog,
            },
        };
    }

    internal void NoReboot() => SetActions("reboot=shutdown");

    internal void NoShutdown() => SetActions("shutdown=pause");

    internal void OnlyMigratable() => _options = _options with { OnlyMigratable = true };

    internal void AddDescriptor(string text)
    {
        AddFdOptions added = OptionReader.Read("add-fd", text, null, AddFdOptionsVisitor.Read);
        if (added.Fd <= 2) throw CommandLineException.At("add-fd", text, "fd cannot be a standard I/O stream");
        _descriptors.Add(new OptionValue<AddFdOptions>("add-fd", text, added));
    }

    internal void ShowVersion() => _options = _options with { ShowVersion = true };

    internal void ShowHelp() => _options = _options with { ShowHelp = true };

    private EmulatorOptions Finish()
    {
        return WithMachine() with
        {
            // QEMU makes the character devices of -chardev before those that -qmp implies.
            Monitors = [.. _mons.Select(MonitorOf), .. _monitors],
            Objects = _objects,
            Devices = _devices,
            Globals = _globals,
            Descriptors = _descriptors,
            TracePatterns = _tracePatterns,
        };
    }

    private MonitorSpec MonitorOf(OptionValue<MonitorOptions> mon)
    {
        if (!_chardevs.TryGetValue(mon.Value.Chardev, out ChardevOptions? chardev))
        {
            throw mon.Error($"chardev \"{mon.Value.Chardev}\" not found");
        }

        if (mon.Value.Mode != MonitorMode.Control) throw mon.Error("only QMP monitors (mode=control) are supported");
        return new MonitorSpec(
            mon.Value.Id ?? mon.Value.Chardev,
            mon.Value.Chardev,
            (chardev as ChardevOptions.Socket)?.Value,
            mon.Value.Pretty ?? false,
            mon.Option,
            mon.Text);
    }

    // Several -machine options add up, so they are read together, and messages name the property only.
    private EmulatorOptions WithMachine()
    {
        string type = (string?)_machine["type"] ?? _options.MachineType;
        try
        {
            MachineOptions machine = MachineOptionsVisitor.Read(new KeyvalInputVisitor(_machine), null);
            return _options with { MachineType = type, MemoryBackend = machine.MemoryBackend };
        }
        catch (VisitorException e)
        {
            const string Unknown = "Invalid parameter '";
            throw new CommandLineException(
                e.Message.StartsWith(Unknown, StringComparison.Ordinal)
                    ? $"Property '{type}-machine.{e.Message[Unknown.Length..]} not found"
                    : e.Message);
        }
    }
}
