using System.Text;

namespace Qmp.Protocol.Visitors.Text;

/// <summary>
/// An option's argument in QEMU's older form: a flat list of <c>key=value</c>, where a key without a value is a flag,
/// and a key may come again.
/// </summary>
/// <remarks>
/// A comma inside a value is doubled. <c>id</c> names the whole; the first one counts. Texts are those of QEMU's
/// option parser.
/// </remarks>
public sealed class OptionList
{
    private OptionList(List<KeyValuePair<string, string>> items, string? id)
    {
        Items = items;
        Id = id;
    }

    /// <summary>All items but the id, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Items { get; }

    /// <summary>The id, or <see langword="null"/>.</summary>
    public string? Id { get; }

    /// <summary>The last value of a key, or <see langword="null"/>.</summary>
    public string? this[string key] => key == "id" ? Id : Items.LastOrDefault(item => item.Key == key).Value;

    /// <summary>Parses an argument.</summary>
    /// <param name="text">The argument.</param>
    /// <param name="impliedKey">The key of a first item that has none.</param>
    /// <param name="warn">Is told of flags, which are deprecated.</param>
    /// <exception cref="VisitorException">The value of <c>id</c> is not an identifier.</exception>
    public static OptionList Parse(string text, string? impliedKey = null, Action<string>? warn = null)
    {
        var items = new List<KeyValuePair<string, string>>();
        string? id = null;
        for (int at = 0; at < text.Length; impliedKey = null)
        {
            (string key, string value) = ParseOne(text, ref at, impliedKey, warn);
            if (key == "id") id ??= value;
            else items.Add(new(key, value));
        }

        if (id is not null) CheckIdentifier(id);
        return new OptionList(items, id);
    }

    /// <summary>The same list with more items behind.</summary>
    public OptionList With(params IEnumerable<KeyValuePair<string, string>> more) => new([.. Items, .. more], Id);

    /// <summary>The same list with another id.</summary>
    public OptionList WithId(string id) => new([.. Items], id);

    /// <exception cref="VisitorException">
    /// The id does not begin with a letter, or holds something other than letters, digits, <c>-</c>, <c>.</c> and
    /// <c>_</c>.
    /// </exception>
    public static void CheckIdentifier(string id)
    {
        if (id.Length > 0 && char.IsAsciiLetter(id[0])
            && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_'))
        {
            return;
        }

        throw new VisitorException(
            "Parameter 'id' expects an identifier\n"
            + "Identifiers consist of letters, digits, '-', '.', '_', starting with a letter.");
    }

    private static (string Key, string Value) ParseOne(
        string text, ref int at, string? impliedKey, Action<string>? warn)
    {
        int end = text.AsSpan(at).IndexOfAny('=', ',') is var found && found < 0 ? text.Length : at + found;
        string key = text[at..end];
        if (end < text.Length && text[end] == '=')
        {
            at = end + 1;
            return (key, ReadValue(text, ref at));
        }

        if (impliedKey is not null) return (impliedKey, ReadValue(text, ref at));
        at = Math.Min(end + 1, text.Length);
        bool off = key.StartsWith("no", StringComparison.Ordinal);
        string name = off ? key[2..] : key;
        string value = off ? "off" : "on";
        string instead = name == "delay" ? $"nodelay={(off ? "on" : "off")}" : $"{name}={value}";
        warn?.Invoke($"warning: short-form boolean option '{key}' deprecated\nPlease use {instead} instead");
        return (name, value);
    }

    private static string ReadValue(string text, ref int at)
    {
        var value = new StringBuilder();
        while (at < text.Length)
        {
            if (text[at] == ',')
            {
                at++;
                if (at == text.Length || text[at] != ',') break;
            }

            value.Append(text[at++]);
        }

        return value.ToString();
    }
}
