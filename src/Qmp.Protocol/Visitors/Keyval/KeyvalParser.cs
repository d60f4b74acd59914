using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Qmp.Protocol.Visitors.Keyval;

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
    /// <exception cref="VisitorException">It is malformed.</exception>
    public static JObject Parse(string text, string? impliedKey = null)
    {
        var root = new JObject();
        int at = 0;
        while (at < text.Length)
        {
            at = ParseOne(root, text, at, at == 0 ? impliedKey : null);
        }

        return (JObject)WithLists(root, "");
    }

    private static int ParseOne(JObject root, string text, int at, string? impliedKey)
    {
        int end = text.AsSpan(at).IndexOfAny('=', ',') is var found && found < 0 ? text.Length : at + found;
        bool hasKey = end < text.Length && text[end] == '=';
        if (!hasKey)
        {
            if (impliedKey is null)
            {
                throw new VisitorException($"Expected '=' after parameter '{text[at..end]}'");
            }

            root[impliedKey] = text[at..end];
            return Math.Min(end + 1, text.Length);
        }

        string key = text[at..end];
        (string value, int next) = ReadValue(text, end + 1);
        Put(root, key, value);
        return next;
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

    private static void Put(JObject root, string key, string value)
    {
        string[] fragments = key.Split('.');
        JObject current = root;
        for (int i = 0; i < fragments.Length; i++)
        {
            string fragment = fragments[i];
            if (!IsFragment(fragment, first: i == 0)) throw new VisitorException($"Invalid parameter '{key}'");
            if (fragment.Length > MaxFragment)
            {
                string what = fragments.Length > 1 ? " fragment" : "";
                throw new VisitorException($"Parameter{what} '{fragment}' is too long");
            }

            JToken? there = current[fragment];
            if (i == fragments.Length - 1)
            {
                if (there is JObject) throw Inconsistent(fragments, i);
                current[fragment] = value;
                return;
            }

            if (there is null) current[fragment] = there = new JObject();
            current = there as JObject ?? throw Inconsistent(fragments, i);
        }
    }

    private static VisitorException Inconsistent(string[] fragments, int last) =>
        new($"Parameters '{string.Join('.', fragments[..(last + 1)])}.*' used inconsistently");

    // A QAPI name, or after the first fragment a list index.
    private static bool IsFragment(string text, bool first) =>
        text.Length > 0
        && ((!first && IsIndex(text))
            || ((char.IsAsciiLetter(text[0]) || text.StartsWith("__", StringComparison.Ordinal))
                && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')));

    private static bool IsIndex(string text) => text.All(char.IsAsciiDigit) && text.Length <= 9;

    // Objects whose keys are all numbers become lists.
    private static JToken WithLists(JToken token, string path)
    {
        if (token is not JObject members) return token;
        int indexes = members.Properties().Count(p => IsIndex(p.Name));
        foreach (JProperty member in members.Properties().ToList())
        {
            member.Value = WithLists(member.Value, $"{path}{member.Name}.");
        }

        if (indexes == 0 || path.Length == 0) return members;
        if (indexes < members.Count) throw new VisitorException($"Parameters '{path}*' used inconsistently");
        var list = new JArray();
        Dictionary<int, JToken> elements = members.Properties()
            .ToDictionary(p => int.Parse(p.Name, CultureInfo.InvariantCulture), p => p.Value);
        for (int i = 0; i < elements.Count; i++)
        {
            list.Add(
                elements.TryGetValue(i, out JToken? element)
                    ? element
                    : throw new VisitorException($"Parameter '{path}{i}' missing"));
        }

        return list;
    }
}
