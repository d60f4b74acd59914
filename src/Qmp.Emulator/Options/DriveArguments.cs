using Qmp.Protocol.Visitors;
using Qmp.Protocol.Visitors.Text;

namespace Qmp.Emulator.Options;

/// <summary>A disk that is asked for by <c>-drive</c>, or by an option that is short for it.</summary>
/// <param name="Items">What was given.</param>
/// <param name="Interface">What it is connected to; <see langword="null"/> for what the machine has.</param>
internal sealed record DriveArguments(OptionList Items, string? Interface = null)
{
    private const string Disk = "media=disk";

    // Old names, and what they became.
    private static readonly Dictionary<string, string> Renamed = new(StringComparer.Ordinal)
    {
        ["readonly"] = "read-only",
        ["copy_on_read"] = "copy-on-read",
    };

    /// <summary>Its id; <see langword="null"/> for none.</summary>
    public string? Id => Items.Id;

    /// <summary>The value of an item; <see langword="null"/> for none.</summary>
    public string? this[string key] => Items[key];

    /// <summary>Reads the argument of <c>-drive</c>.</summary>
    /// <exception cref="CommandLineException">It is malformed.</exception>
    public static OptionValue<DriveArguments> Read(string text, CommandLineParser parser)
    {
        try
        {
            return new OptionValue<DriveArguments>("drive", text, Read(text, message => parser.Warn($"-drive {text}: {message}")));
        }
        catch (VisitorException e)
        {
            throw CommandLineException.At("drive", text, e.Message);
        }
    }

    /// <summary>The same, for whoever has no command line.</summary>
    /// <exception cref="VisitorException">It is malformed.</exception>
    public static DriveArguments Read(string text, Action<string>? warn = null)
    {
        OptionList given = OptionList.Parse(text, warn: warn);
        return new DriveArguments(OptionList.Parse("").With(given.Items.Select(item =>
            new KeyValuePair<string, string>(Renamed.GetValueOrDefault(item.Key, item.Key), item.Value))) is var items && given.Id is { } id
            ? items.WithId(id)
            : items);
    }

    /// <summary>A disk of a machine's own kind: <c>-hda</c>, or a word that is no option.</summary>
    public static DriveArguments OfFile(string path, int index, bool isCdrom = false) => new(
        OptionList.Parse(isCdrom ? "media=cdrom" : Disk).With(
            new KeyValuePair<string, string>("index", index.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            new KeyValuePair<string, string>("file", path)));

    /// <summary>A disk of another kind, such as <c>-fda</c>.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="kind">What it is connected to.</param>
    /// <param name="index">Its place; <see langword="null"/> for the first free one.</param>
    public static DriveArguments OfKind(string path, string kind, int? index) => new(
        OptionList.Parse(index is null ? "" : FormattableString.Invariant($"index={index}")).With(new KeyValuePair<string, string>("file", path)), kind);

    /// <summary>One that has no medium and comes with the machine.</summary>
    public static DriveArguments Empty(string? kind, int index, bool isCdrom) =>
        new(OptionList.Parse(FormattableString.Invariant($"index={index}") + (isCdrom ? ",media=cdrom" : "")), kind);
}
