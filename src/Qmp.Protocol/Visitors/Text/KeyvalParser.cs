using System.Globalization;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;

namespace Qmp.Protocol.Visitors.Text;

/// <summary>Reads <c>key=value,key.sub=value,list.0=value</c> into a tree whose leaves are strings.</summary>
/// <remarks>
/// A comma inside a value is doubled. A first item without <c>=</c> is the value of the implied key, if the option
/// has one. Of several values for one key the last counts. Texts are those of QEMU's keyval parser.
/// </remarks>
public static class KeyvalParser
{
    private const int MaxFragment = 127;

    /// <summary>Parses an option's argument.</summary>
    /// <param name="text">The argument.</param>
    /// <param name="impliedKey">The key of a first item that has none.</param>
    /// <exception cref="VisitorException">The argument is malformed; the message is QEMU's.</exception>
    public static JObject Parse(string text, string? impliedKey = null)
    {
        var root = new JObject();
        ParseInto(root, text, impliedKey);
        return root;
    }

    /// <summary>Parses a further argument of an option whose arguments add up.</summary>
    /// <param name="root">What the earlier ones gave.</param>
    /// <param name="text">The argument.</param>
    /// <param name="impliedKey">The key of a first item that has none.</param>
    /// <exception cref="VisitorException">The argument is malformed; the message is QEMU's.</exception>
    public static void ParseInto(JObject root, string text, string? impliedKey = null)
    {
        bool help = false;
        for (int at = 0; at < text.Length; impliedKey = null) at = ParseOne(root, text, at, impliedKey, ref help);
        if (help) throw new VisitorException("Help is not available for this option");
        WithLists(root, "");
    }

    private static int ParseOne(JObject root, string text, int at, string? impliedKey, ref bool help)
    {
        int keyEnd = text.AsSpan(at).IndexOfAny('=', ',') is var found && found < 0 ? text.Length : at + found;
        string key = text[at..keyEnd];
        bool hasValue = keyEnd < text.Length && text[keyEnd] == '=';
        if (!hasValue && key.Length > 0)
        {
            int next = Math.Min(keyEnd + 1, text.Length);
            if (key is "help" or "?")
            {
                help = true;
                return next;
            }

            if (impliedKey is not null)
            {
                Put(root, Fragments(impliedKey), key);
                return next;
            }
        }

        List<string> fragments = Fragments(key);
        if (!hasValue) throw new VisitorException($"Expected '=' after parameter '{key}'");
        (string value, int end) = ReadValue(text, keyEnd + 1);
        Put(root, fragments, value);
        return end;
    }

    // Names, and behind the first one list indexes, with points between them. A downstream name may itself hold points.
    private static List<string> Fragments(string key)
    {
        var fragments = new List<string>();
        int at = 0;
        while (true)
        {
            int length = at > 0 && IndexLength(key.AsSpan(at)) is var digits && digits > 0
                ? digits
                : NameLength(key.AsSpan(at));
            int end = at + length;
            if (length == 0 || (end < key.Length && key[end] != '.'))
            {
                throw new VisitorException($"Invalid parameter '{key}'");
            }

            if (length > MaxFragment)
            {
                string what = length < key.Length ? " fragment" : "";
                throw new VisitorException($"Parameter{what} '{key[at..end]}' is too long");
            }

            fragments.Add(key[at..end]);
            if (end == key.Length) return fragments;
            at = end + 1;
        }
    }

    private static int IndexLength(ReadOnlySpan<char> text) =>
        text.IndexOfAnyExceptInRange('0', '9') is var end && end < 0 ? text.Length : end;

    private static int NameLength(ReadOnlySpan<char> text)
    {
        int at = 0;
        if (text.StartsWith("__"))
        {
            at = 2;
            while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '-' or '.')) at++;
            if (at == text.Length || text[at++] != '_') return 0;
        }

        if (at == text.Length || !char.IsAsciiLetter(text[at])) return 0;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '-' or '_')) at++;
        return at;
    }

    private static (string Value, int Next) ReadValue(string text, int at)
    {
        var value = new System.Text.StringBuilder();
        while (at < text.Length)
        {
            if (text[at] == ',')
            {
                at++;
                if (at == text.Length || text[at] != ',') break;
            }

            value.Append(text[at++]);
        }

        return (value.ToString(), at);
    }

    private static void Put(JObject root, List<string> fragments, string value)
    {
        JObject current = root;
        for (int i = 0; i < fragments.Count; i++)
        {
            bool isLeaf = i == fragments.Count - 1;
            JToken? there = current[fragments[i]];
            if (there is not null && there is JObject == isLeaf)
            {
                string path = string.Join('.', fragments[..(i + 1)]);
                throw new VisitorException($"Parameters '{path}.*' used inconsistently");
            }

            if (isLeaf) current[fragments[i]] = value;
            else if (there is null) current[fragments[i]] = there = new JObject();
            if (!isLeaf) current = (JObject)there!;
        }
    }

    // Objects whose keys are all numbers become lists.
    private static JToken WithLists(JObject members, string path)
    {
        List<string> names = [.. members.Properties().Select(member => member.Name)];
        foreach (int i in QDictOrder.Sort(names))
        {
            if (members[names[i]] is JObject inner) members[names[i]] = WithLists(inner, $"{path}{names[i]}.");
        }

        int indexes = names.Count(name => IndexLength(name) == name.Length);
        if (indexes == 0) return members;
        if (indexes < names.Count) throw new VisitorException($"Parameters '{path}*' used inconsistently");
        var elements = new JToken?[names.Count];
        int last = -1;
        foreach (string name in names)
        {
            int index = Index(name);
            last = Math.Max(last, index);
            if (index < elements.Length) elements[index] = members[name];
        }

        var list = new JArray();
        for (int i = 0; i <= last; i++)
        {
            list.Add(
                (i < elements.Length ? elements[i] : null)
                ?? throw new VisitorException(
                    string.Create(CultureInfo.InvariantCulture, $"Parameter '{path}{i}' missing")));
        }

        return list;
    }

    private static int Index(string digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? index : int.MaxValue;
}
