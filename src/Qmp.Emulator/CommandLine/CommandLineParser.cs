using System.Globalization;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Protocol.Visitors;
using Qmp.Protocol.Visitors.Text;
using Qmp.Types;

namespace Qmp.Emulator.CommandLine;

/// <summary>Reads QEMU's command line.</summary>
public sealed class CommandLineParser
{
    private const string ChardevPrefix = "chardev:";

    private readonly JObject _machine = [];
    private readonly HashSet<(string Kind, string Id)> _ids = [];
    private readonly Action<string> _warn;
    private readonly Dictionary<string, ChardevOptions> _chardevs = new(StringComparer.Ordinal);
    private readonly List<OptionValue<MonitorOptions>> _monitors = [];
    private readonly List<OptionValue<ObjectOptions>> _objects = [];
    private readonly List<OptionValue<DeviceOptions>> _devices = [];
    private readonly List<GlobalProperty> _globals = [];
    private readonly List<OptionValue<AddFdOptions>> _descriptors = [];
    private readonly List<string> _tracePatterns = [];
    private ulong? _slots;
    private ulong? _maxMemory;
    private EmulatorOptions _options = new();

    private CommandLineParser(Action<string> warn) => _warn = warn;

    /// <summary>Reads the words of a command line.</summary>
    /// <param name="words">The words behind the program's name.</param>
    /// <param name="warn">Is told, at once, of what is deprecated; <see langword="null"/> if nobody listens.</param>
    /// <exception cref="CommandLineException">They are not understood.</exception>
    public static EmulatorOptions Parse(IReadOnlyList<string> words, Action<string>? warn = null)
    {
        var parser = new CommandLineParser(warn ?? (_ => { }));
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

        text.Append("\nThe options -object, -device and -compat also take JSON.\n");
        text.Append("Example: qmpd -M none -m 64M -qmp unix:/tmp/qmp.sock,server=on,wait=off\n");
        return text.ToString();
    }

    /// <summary>The machine types: one line each.</summary>
    public static string Machines() => Emulator.Machines.MachineType.Help();

    // The options; called by the table.
    internal void AddMachine(string text)
    {
        if (text is "help" or "?")
        {
            _options = _options with { ShowMachines = true };
            return;
        }

        ParseInto(_machine, "machine", text, "type");
    }

    internal void SetMemory(string text)
    {
        MemoryOptions memory = OptionSyntaxes.Memory.Read(text, _warn).Value;
        SetMemorySize(text, memory.Size);
        _slots = memory.Slots ?? _slots;
        _maxMemory = memory.Maxmem ?? _maxMemory;
    }

    // Nothing can be plugged, but who asks for room must ask for it right.
    private void CheckMemory()
    {
        if (_slots is not null && _maxMemory is null) throw new CommandLineException("slots specified but no max-size");
        if (_maxMemory < _options.MemorySize)
        {
            throw new CommandLineException(
                $"invalid value of maxmem: maximum memory size (0x{_maxMemory:x}) must be at least "
                + $"the initial memory size (0x{_options.MemorySize:x})");
        }
    }

    private void SetMemorySize(string text, ulong? given)
    {
        if (given is not ({ } size and > 0)) return;

        // A number without suffix is one of bytes to the reader of options, but means mebibytes.
        string words = OptionList.Parse(text, OptionSyntaxes.Memory.ImpliedKey)["size"]!;
        if (char.IsAsciiDigit(words[^1]) && SizeText.Parse(words + "M", out size) != NumberOutcome.Valid)
        {
            throw new CommandLineException("Parameter 'memory.size' expects size");
        }

        _options = _options with { MemorySize = size };
    }

    internal void SetName(string text) =>
        _options = _options with { Name = OptionSyntaxes.Name.Read(text, _warn).Value.Guest ?? _options.Name };

    internal void SetCompatPolicy(string text) => _options = _options with { Compat = OptionSyntaxes.Compat.Read(text, _warn).Value };

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
        string id;
        if (text.StartsWith(ChardevPrefix, StringComparison.Ordinal))
        {
            id = text[ChardevPrefix.Length..];
        }
        else
        {
            id = string.Create(CultureInfo.InvariantCulture, $"compat_monitor{_monitors.Count(m => m.Option != "mon")}");
            AddChardev(option, text, ChardevReader.ReadShort(option, text, id));
        }

        _monitors.Add(new OptionValue<MonitorOptions>(option, text, new MonitorOptions
        {
            Id = id,
            Chardev = id,
            Mode = MonitorMode.Control,
            Pretty = pretty,
        }));
    }

    internal void AddChardev(string text)
    {
        OptionValue<ChardevOptions> chardev = ChardevReader.Option.Read(text, _warn);
        Claim(chardev, chardev.Value.Id);
        AddChardev(chardev.Option, text, chardev.Value);
    }

    internal void AddMonitor(string text)
    {
        OptionValue<MonitorOptions> monitor = OptionSyntaxes.Monitor.Read(text, _warn);
        Claim(monitor, monitor.Value.Id);
        _monitors.Add(monitor);
    }

    internal void SetIncoming(string text) =>
        _options = _options with { Incoming = IncomingAddress.Read(text, _warn) };

    internal void AddObject(string text)
    {
        OptionValue<ObjectOptions> made = OptionSyntaxes.Object.Read(text, _warn);
        Claim(made, made.Value.Id);
        RequireMemory(made);
        _objects.Add(made);
    }

    private static void RequireMemory(OptionValue<ObjectOptions> made)
    {
        ulong size = made.Value switch
        {
            ObjectOptions.MemoryBackendRam ram => ram.Value.Size,
            ObjectOptions.MemoryBackendFile file => file.Value.Size,
            _ => throw new InvalidOperationException($"{made.Value.QomType} is no memory"),
        };
        if (size > 0) return;
        throw new CommandLineException($"property 'size' of {made.Value.QomType.ToWireName()} doesn't take value '0'");
    }

    internal void AddDevice(string text)
    {
        OptionValue<DeviceOptions> device = OptionSyntaxes.Device.Read(text, _warn);
        Claim(device, device.Value.Id);
        _devices.Add(device);
    }

    internal void AddGlobal(string text)
    {
        if (GlobalProperty.Parse(text) is { } global)
        {
            _globals.Add(global);
            return;
        }

        OptionValue<GlobalOptions> options = OptionSyntaxes.Global.Read(text, _warn);
        if (options.Value is not { Driver: { } driver, Property: { } property, Value: { } value })
        {
            throw options.Error("options 'driver', 'property', and 'value' are required");
        }

        _globals.Add(new GlobalProperty(driver, property, value));
    }

    internal void SetSimulation(string text) => _options = _options with
    {
        Simulation = text switch
        {
            "on" => true,
            "off" => false,
            _ => throw CommandLineException.At("x-sim", text, "Parameter 'x-sim' expects 'on' or 'off'"),
        },
    };

    internal void SetScenario(string text) => _options = _options with { Scenario = text };

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

    internal void SetAccelerator(string text) => OptionSyntaxes.Accelerator.Read(text, _warn);

    internal void AddCpus(string text)
    {
        if (_machine["smp"] is not JObject members) _machine["smp"] = members = [];
        ParseInto(members, "smp", text, "cpus");
    }

    internal void SetCpu(string text) => _options = _options with { CpuModel = text };

    internal void SetActions(string text)
    {
        SetActionArguments actions = OptionSyntaxes.Action.Read(text, _warn).Value;
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
        OptionValue<AddFdOptions> added = OptionSyntaxes.AddFd.Read(text, _warn);
        if (added.Value.Fd is null or < 0) throw added.Error("fd option is required and must be non-negative");
        if (added.Value.Fd <= 2) throw added.Error("fd cannot be a standard I/O stream");
        if (new FileInfo($"/proc/self/fd/{added.Value.Fd}").LinkTarget is null)
        {
            throw added.Error("fd is not valid or already in use");
        }

        if (added.Value.Set is null or < 0) throw added.Error("set option is required and must be non-negative");
        _descriptors.Add(added);
    }

    internal void ShowVersion() => _options = _options with { ShowVersion = true };

    internal void ShowHelp() => _options = _options with { ShowHelp = true };

    private static void ParseInto(JObject members, string option, string text, string impliedKey)
    {
        try
        {
            KeyvalParser.ParseInto(members, text, impliedKey);
        }
        catch (VisitorException e)
        {
            throw CommandLineException.At(option, text, e.Message);
        }
    }

    private void Claim<T>(OptionValue<T> option, string? id)
    {
        if (id is not null && !_ids.Add((option.Option, id))) throw option.Error($"Duplicate ID '{id}' for {option.Option}");
    }

    private void AddChardev(string option, string text, ChardevOptions chardev)
    {
        if (chardev is ChardevOptions.Stdio && _chardevs.Values.OfType<ChardevOptions.Stdio>().Any())
        {
            throw CommandLineException.At(option, text, "cannot use stdio by multiple character devices");
        }

        _chardevs[chardev.Id] = chardev;
    }

    private EmulatorOptions Finish()
    {
        CheckMemory();
        return WithMachine() with
        {
            // QEMU makes the character devices of -chardev before those that -qmp implies.
            Monitors = [.. _monitors.OrderBy(monitor => monitor.Option != "mon").Select(SpecOf)],
            Objects = _objects,
            Devices = _devices,
            Globals = _globals,
            Descriptors = _descriptors,
            TracePatterns = _tracePatterns,
        };
    }

    private MonitorSpec SpecOf(OptionValue<MonitorOptions> monitor)
    {
        if (!_chardevs.TryGetValue(monitor.Value.Chardev, out ChardevOptions? chardev))
        {
            throw monitor.Error($"chardev \"{monitor.Value.Chardev}\" not found");
        }

        if (monitor.Value.Mode != MonitorMode.Control)
        {
            throw monitor.Error("only QMP monitors (mode=control) are supported");
        }

        return new MonitorSpec(
            monitor.Value.Id ?? monitor.Value.Chardev,
            monitor.Value.Chardev,
            (chardev as ChardevOptions.Socket)?.Value,
            monitor.Value.Pretty ?? false,
            monitor.Option,
            monitor.Text);
    }

    // Several -machine options add up, so they are read together, and messages name the property only.
    private EmulatorOptions WithMachine()
    {
        string type = (string?)_machine["type"] ?? _options.MachineType;
        try
        {
            var visitor = new KeyvalInputVisitor(_machine) { PropertiesOf = $"{type}-machine" };
            MachineOptions machine = MachineOptionsVisitor.Read(visitor, null);
            return _options with
            {
                MachineType = type,
                MemoryBackend = machine.MemoryBackend,
                Cpus = machine.Smp is null ? 1 : Cpus(machine.Smp),
            };
        }
        catch (VisitorException e)
        {
            throw new CommandLineException(e.Message);
        }
    }

    private static long Cpus(SmpOptions smp)
    {
        long?[] given = [smp.Cpus, smp.Sockets, smp.Dies, smp.Clusters, smp.Cores, smp.Threads, smp.Maxcpus];
        if (given.Contains(0))
        {
            throw new CommandLineException("Invalid CPU topology: CPU topology parameters must be greater than zero");
        }

        return smp.Cpus ?? (smp.Sockets ?? 1) * (smp.Cores ?? 1) * (smp.Threads ?? 1);
    }
}
