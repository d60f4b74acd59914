using System.Globalization;
using Newtonsoft.Json.Linq;
using Qmp.Emulator.Catalogue;
using Qmp.Protocol.Visitors.Text;
using Qmp.Types;

namespace Qmp.Emulator.Options;

/// <summary>Reads the words of QEMU's command line, an option after the other.</summary>
public sealed class CommandLineParser
{
    private const string ChardevPrefix = "chardev:";

    private readonly JObject _machine = [];
    private readonly HashSet<(string Kind, string Id)> _ids = [];
    private readonly Action<string> _warn;
    private int _monitors;
    private int _ports;

    private CommandLineParser(Action<string> warn) => _warn = warn;

    /// <summary>The values that were read.</summary>
    internal GivenOptions Given { get; } = new();

    /// <summary>Reads the words of a command line.</summary>
    /// <param name="words">The words behind the program's name.</param>
    /// <param name="warn">
    /// Is told, at once, of what is deprecated or has no effect; <see langword="null"/> to drop it.
    /// </param>
    /// <exception cref="CommandLineException">
    /// A word is not an option, or an argument does not fit its option.
    /// </exception>
    public static EmulatorOptions Parse(IReadOnlyList<string> words, Action<string>? warn = null)
    {
        var parser = new CommandLineParser(warn ?? (_ => { }));
        return parser.ReadAll(words) is { } printout
            ? new EmulatorOptions { Printout = printout }
            : EmulatorOptions.From(parser.Given, parser._machine, parser._warn);
    }

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

    /// <summary>Reads <c>-qmp</c>, which makes a character device of its own unless it names one.</summary>
    internal OptionValue<MonitorOptions> ReadQmp(string option, string text, bool pretty)
    {
        string id;
        if (text.StartsWith(ChardevPrefix, StringComparison.Ordinal))
        {
            id = text[ChardevPrefix.Length..];
        }
        else
        {
            id = string.Create(CultureInfo.InvariantCulture, $"compat_monitor{_monitors++}");
            ChardevOptions chardev = ChardevReader.ReadShort(option, text, id, $"parse error: {text}");
            Given.Add(OptionTable.Chardev, new OptionValue<ChardevOptions>(option, text, chardev));
        }

        var monitor = new OptionValue<MonitorOptions>(option, text, new MonitorOptions
        {
            Id = id,
            Chardev = id,
            Mode = MonitorMode.Control,
            Pretty = pretty,
        });
        Claim(monitor, id, "mon");
        return monitor;
    }

    /// <summary>Reads <c>-serial</c>, which makes a character device of its own unless it names one, or none.</summary>
    /// <returns>The id of the character device; <see langword="null"/> for no port.</returns>
    internal OptionValue<string?> ReadSerial(string option, string text)
    {
        string consequence = $"could not connect {option} device to character backend '{text}'";
        string id = string.Create(CultureInfo.InvariantCulture, $"{option}{_ports++}");
        if (text == "none") return new OptionValue<string?>(option, text, null);
        if (text.StartsWith(ChardevPrefix, StringComparison.Ordinal))
        {
            // Which of them there are is known when all options are read.
            return new OptionValue<string?>(option, text, text[ChardevPrefix.Length..]);
        }

        ChardevOptions chardev = ChardevReader.ReadShort(option, text, id, consequence);
        Given.Add(OptionTable.Chardev, new OptionValue<ChardevOptions>(option, text, chardev));
        return new OptionValue<string?>(option, text, id);
    }

    private Printout? ReadAll(IReadOnlyList<string> words)
    {
        Printout? printout = null;
        for (int i = 0; i < words.Count; i++)
        {
            Option option = Find(words[i]);
            string argument = "";
            if (option.Argument is not null)
            {
                if (++i == words.Count) throw new CommandLineException($"{words[i - 1]}: requires an argument");
                argument = words[i];
            }

            if (option == OptionTable.ShowHelp) printout ??= new Printout(HelpTexts.All());
            else if (option == OptionTable.Version) printout ??= new Printout(EmulatorVersion.Text);
            else if (option.Listing?.Invoke(argument) is { } listing) printout ??= listing;
            else Take(option, argument);
        }

        return printout;
    }

    private void Take(Option option, string argument)
    {
        option.Take(argument, this);
        Given.Note(option);
    }

    private static Option Find(string word)
    {
        if (!word.StartsWith('-') || word.Length < 2)
        {
            throw new CommandLineException($"{word}: Could not open '{word}': there are no disk images");
        }

        string name = word.StartsWith("--", StringComparison.Ordinal) ? word[2..] : word[1..];
        return OptionTable.All.FirstOrDefault(o => o.Name == name || o.Alias == name)
            ?? throw new CommandLineException($"{word}: invalid option");
    }
}
