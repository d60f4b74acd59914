using System.Text.RegularExpressions;
using Qmp.Emulator.Files;

namespace Qmp.Emulator.Options;

/// <summary>
/// Reads <c>-readconfig</c>: groups of settings, each of which stands for an option with its items.
/// </summary>
/// <example>
/// <code>
/// [chardev "c"]
///   backend = "null"
/// </code>
/// </example>
internal static partial class ConfigurationFile
{
    private const string Option = "readconfig";

    // Groups whose option has another name.
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["memory"] = "m",
        ["smp-opts"] = "smp",
        ["boot-opts"] = "boot",
    };

    // Options that are no groups of settings.
    private static readonly string[] NoGroups =
        ["m", "smp", "boot", "qmp", "qmp-pretty", "monitor", "serial", "parallel", "uuid", "incoming", "cpu", "D", "d", "pidfile", "k", "L", Option];

    /// <summary>Takes the options of a file.</summary>
    /// <exception cref="CommandLineException">The file cannot be read, or an option is refused.</exception>
    public static void Take(string path, CommandLineParser parser)
    {
        Option? group = null;
        var items = new List<string>();
        foreach (string line in Lines(path).Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#'))
        {
            if (Header().Match(line) is { Success: true } header)
            {
                Finish();
                group = Find(header.Groups["name"].Value) ?? throw Refused($"There is no option group '{header.Groups["name"].Value}'");
                if (header.Groups["id"] is { Success: true } id) items.Add($"id={id.Value}");
                continue;
            }

            if (group is null) throw Refused("no group defined");
            Match setting = Setting().Match(line);
            if (!setting.Success) throw Refused("parse error");
            items.Add($"{setting.Groups["key"].Value}={setting.Groups["value"].Value.Replace(",", ",,", StringComparison.Ordinal)}");
        }

        Finish();

        void Finish()
        {
            if (group is null) return;
            HostChecks.TakeAs(Option, path, group, string.Join(',', items), parser);
            items.Clear();
        }

        CommandLineException Refused(string reason) => CommandLineException.At(Option, path, reason);
    }

    private static Option? Find(string group) => OptionTable.All.FirstOrDefault(
        option => option.Argument is not null
            && (Names.TryGetValue(group, out string? name) ? option.Name == name : option.Name == group && !NoGroups.Contains(group)));

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw CommandLineException.At(Option, path, $"Could not open '{path}': {FileErrors.Text(e)}");
        }
    }

    [GeneratedRegex("""^\[\s*(?<name>[^\s"\]]+)(\s+"(?<id>[^"]*)")?\s*\]$""")]
    private static partial Regex Header();

    // What is not in quotes is no value, as in QEMU.
    [GeneratedRegex("""^(?<key>[^\s=]+)\s*=\s*("(?<value>[^"]*)")?""")]
    private static partial Regex Setting();
}
