using System.Globalization;
using Newtonsoft.Json.Linq;
using Qmp.Emulator.Catalogue;
using Qmp.Emulator.Versions;
using Qmp.Protocol.Visitors.Text;
using Qmp.Types;
using CompatPolicy = Qmp.Protocol.Visitors.CompatPolicy;

namespace Qmp.Emulator.Options;

/// <summary>Reads the words of QEMU's command line, an option after the other.</summary>
public sealed class CommandLineParser
{
    private const string ChardevPrefix = "chardev:";
    private const string MonitorPrefix = "mon:";
    private const int MaxParallelPorts = 3;

    private readonly JObject _machine = [];
    private readonly HashSet<(string Kind, string Id)> _ids = [];
    private readonly Action<string> _warn;
    private int _monitors;
    private int _serialPorts;
    private int _parallelPorts;

    private CommandLineParser(QemuVersion version, Action<string> warn)
    {
        Version = version;
        Policy = new CompatPolicy { Variant = version.Schema(withSimulation: true) };
        _warn = warn;
    }

    /// <summary>The QEMU whose command line it is.</summary>
    internal QemuVersion Version { get; }

    /// <summary>What its arguments may say: what the schema of the version has. <c>-compat</c> is not about them.</summary>
    internal CompatPolicy Policy { get; }

    /// <summary>The values that were read.</summary>
    internal GivenOptions Given { get; } = new();

    /// <summary>The name of the machine type, as far as it was read.</summary>
    internal string MachineName => (string?)_machine["type"] ?? Catalogue.MachineType.Default;

    /// <summary>Reads the words of a command line.</summary>
    /// <param name="words">The words behind the program's name.</param>
    /// <param name="warn">
    /// Is told, at once, of what is deprecated or has no effect; <see langword="null"/> to drop it.
    /// </param>
    /// <param name="version">The QEMU that is played unless the words name another one; <see langword="null"/> for the default.</param>
    /// <exception cref="CommandLineException">
    /// A word is not an option, or an argument does not fit its option.
    /// </exception>
    public static EmulatorOptions Parse(IReadOnlyList<string> words, Action<string>? warn = null, QemuVersion? version = null)
    {
        var parser = new CommandLineParser(VersionIn(words) ?? version ?? QemuVersion.Default, warn ?? (_ => { }));
        if (parser.ReadAll(words) is { } printout) return new EmulatorOptions { Version = parser.Version, Printout = printout };
        if (Catalogue.MachineType.Find(parser.MachineName, parser.Version) is { } type)
        {
            DefaultDevices.AddTo(parser, type);
        }

        return EmulatorOptions.From(parser.Given, parser._machine, parser.Version, parser._warn);
    }

    /// <summary>One for an argument that stands alone.</summary>
    internal static CommandLineParser Apart(QemuVersion version) => new(version, _ => { });

    /// <summary>Reports a warning, at once.</summary>
    internal void Warn(string text) => _warn(text);

    /// <summary>Claims an id within an option's kind.</summary>
    /// <exception cref="CommandLineException">The id is taken.</exception>
    internal void Claim<T>(OptionValue<T> value, string? id, string? kind = null)
    {
        kind ??= value.Option;
        if (id is not null && !_ids.Add((kind, id))) throw value.Error($"Duplicate ID '{id}' for {kind}");
    }

    /// <summary>Adds properties to those of the machine.</summary>
    /// <param name="property">The property whose members they are, or <see langword="null"/> for the machine's own.</param>
    /// <param name="text">The properties.</param>
    /// <param name="impliedKey">The key of a first item that has none.</param>
    internal void AddToMachine(string? property, string text, string impliedKey)
    {
        JObject members = _machine;
        if (property is not null)
        {
            if (_machine[property] is not JObject own) _machine[property] = own = [];
            members = own;
        }

        KeyvalParser.ParseInto(members, text, impliedKey);
    }

    /// <summary>
    /// Reads <c>-qmp</c> or <c>-monitor</c>, which makes a character device of its own unless it names one, or none.
    /// </summary>
    internal void ReadMonitor(string option, string text, MonitorMode mode, bool pretty)
    {
        if (text == "none" && mode == MonitorMode.Readline) return;
        AddMonitor(option, text, ReadChardev(option, text, $"parse error: {text}", "compat_monitor", ref _monitors), mode, pretty);
    }

    /// <summary>
    /// Reads a port of the machine, which makes a character device of its own unless it names one, or none. Behind
    /// <c>mon:</c> the device is a human monitor's, too.
    /// </summary>
    /// <returns>The id of the character device; <see langword="null"/> for no port.</returns>
    internal OptionValue<string?> ReadSerial(string option, string text) => ReadPort(option, text, ref _serialPorts);

    /// <summary>Reads a character device that an option makes for itself, unless it names one.</summary>
    /// <returns>The id of the character device.</returns>
    internal string ReadDevice(string option, string text)
    {
        if (text.StartsWith(ChardevPrefix, StringComparison.Ordinal)) return text[ChardevPrefix.Length..];
        ChardevSpec chardev = ChardevReader.ReadShort(option, text, option, Policy, $"invalid character backend '{text}'");
        Given.Add(OptionTable.Chardev, new OptionValue<ChardevSpec>(option, text, chardev));
        return option;
    }

    /// <summary>The same for <c>-parallel</c>, of which there are three.</summary>
    internal OptionValue<string?> ReadParallel(string option, string text)
    {
        if (_parallelPorts == MaxParallelPorts) throw CommandLineException.At(option, text, "too many parallel ports");
        return ReadPort(option, text, ref _parallelPorts);
    }

    private OptionValue<string?> ReadPort(string option, string text, ref int ports)
    {
        bool isMonitor = text.StartsWith(MonitorPrefix, StringComparison.Ordinal);
        string device = isMonitor ? text[MonitorPrefix.Length..] : text;
        if (device == "none")
        {
            ports++;
            return new OptionValue<string?>(option, text, null);
        }

        string consequence = $"could not connect {option} device to character backend '{text}'";
        string id = ReadChardev(option, device, consequence, option, ref ports);
        if (isMonitor) AddMonitor(option, text, id, MonitorMode.Readline, pretty: false);
        return new OptionValue<string?>(option, text, id);
    }

    // Which devices there are is known when all options are read.
    private string ReadChardev(string option, string text, string consequence, string prefix, ref int count)
    {
        string id = string.Create(CultureInfo.InvariantCulture, $"{prefix}{count}");
        if (text.StartsWith(ChardevPrefix, StringComparison.Ordinal))
        {
            if (prefix == option) count++;
            return text[ChardevPrefix.Length..];
        }

        count++;
        ChardevSpec chardev = ChardevReader.ReadShort(option, text, id, Policy, consequence);
        Given.Add(OptionTable.Chardev, new OptionValue<ChardevSpec>(option, text, chardev));
        return id;
    }

    private void AddMonitor(string option, string text, string id, MonitorMode mode, bool pretty)
    {
        var monitor = new OptionValue<MonitorOptions>(
            option, text, new MonitorOptions { Id = id, Chardev = id, Mode = mode, Pretty = pretty });
        Claim(monitor, id, "mon");
        Given.Add(OptionTable.CompatMonitor, monitor);
    }

    private Printout? ReadAll(IReadOnlyList<string> words)
    {
        Printout? printout = null;
        for (int i = 0; i < words.Count; i++)
        {
            if (!words[i].StartsWith('-') || words[i].Length < 2)
            {
                Given.Add(BlockOptionTable.Drive, new OptionValue<DriveArguments>("", words[i], DriveArguments.OfFile(words[i], 0)));
                continue;
            }

            Option option = Find(words[i]);
            string argument = "";
            if (option.Argument is not null)
            {
                if (++i == words.Count) throw new CommandLineException($"{words[i - 1]}: requires an argument");
                argument = words[i];
            }

            if (option == OptionTable.ShowHelp) printout ??= new Printout(HelpTexts.All());
            else if (option == OptionTable.Version) printout ??= new Printout(EmulatorVersion.Text(Version));
            else if (option.Listing?.Invoke(argument, Version) is { } listing) printout ??= listing;
            else Take(option, argument);
        }

        return printout;
    }

    /// <summary>Takes an option that does not come from the command line itself.</summary>
    internal void Take(Option option, string argument)
    {
        option.Take(argument, this);
        Given.Note(option);
    }

    private static Option Find(string word) =>
        FindOrDefault(word) ?? throw new CommandLineException($"{word}: invalid option");

    private static Option? FindOrDefault(string word)
    {
        string name = word.StartsWith("--", StringComparison.Ordinal) ? word[2..] : word[1..];
        return OptionTable.All.FirstOrDefault(o => o.Name == name || o.Alias == name);
    }

    // Before anything else is read, because it decides how the rest is.
    private static QemuVersion? VersionIn(IReadOnlyList<string> words)
    {
        QemuVersion? version = null;
        for (int i = 0; i < words.Count; i++)
        {
            Option? option = words[i].StartsWith('-') ? FindOrDefault(words[i]) : null;
            if (option?.Argument is null || ++i == words.Count) continue;
            if (option == HostOptionTable.PlayedVersion) version = HostOptionTable.PlayedVersion.ReadValue(words[i], QemuVersion.Default);
        }

        return version;
    }
}
