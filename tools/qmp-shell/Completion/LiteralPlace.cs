using Newtonsoft.Json.Linq;
using Qmp.Shell.Language;

namespace Qmp.Shell.Completion;

/// <summary>Where in an unfinished list or object the cursor is.</summary>
/// <param name="Path">
/// The names of members, and the numbers of elements, that lead there, each with what its object has already.
/// </param>
/// <param name="Given">The members that the innermost object has already, with the values that are whole.</param>
/// <param name="IsName">Whether the name of a member is expected; otherwise a value.</param>
/// <param name="Start">Where in the text what was typed of it begins, its quote included.</param>
/// <param name="Typed">What was typed of it, without the quote.</param>
/// <param name="Quote">The quote that it began with; a zero character if there is none yet.</param>
internal sealed record LiteralPlace(
    IReadOnlyList<(string Name, ObjectNode Given)> Path, ObjectNode Given, bool IsName, int Start, string Typed, char Quote)
{
    /// <summary>Finds it.</summary>
    /// <param name="text">The text from its first bracket up to the cursor.</param>
    /// <returns><see langword="null"/> where nothing can be completed, such as behind a value.</returns>
    public static LiteralPlace? Find(string text)
    {
        var open = new Stack<Level>();
        int at = 0;
        while (at < text.Length)
        {
            char c = text[at];
            Level? level = open.Count > 0 ? open.Peek() : null;
            switch (c)
            {
                case '{' or '[':
                    open.Push(new Level(c == '['));
                    at++;
                    break;
                case '}' or ']':
                    open.Pop();
                    if (open.Count == 0) return null;
                    open.Peek().End(null);
                    at++;
                    break;
                case ',':
                    level!.Next();
                    at++;
                    break;
                case ':':
                    level!.BeginValue();
                    at++;
                    break;
                case '"' or '\'':
                    int end = EndOfString(text, at);
                    if (end < 0) return At(open, at, text[(at + 1)..], c);
                    level!.Take(new JValue(text[(at + 1)..(end - 1)]));
                    at = end;
                    break;
                default:
                    if (char.IsWhiteSpace(c))
                    {
                        at++;
                        break;
                    }

                    int start = at;
                    while (at < text.Length && text[at] is not (',' or '}' or ']' or ':') && !char.IsWhiteSpace(text[at])) at++;
                    if (at == text.Length) return At(open, start, text[start..], '\0');
                    level!.Take(WordOf(text[start..at]));
                    break;
            }
        }

        return open.Count == 0 || open.Peek().IsBehindValue ? null : At(open, at, "", '\0');
    }

    private static LiteralPlace At(Stack<Level> open, int start, string typed, char quote)
    {
        Level level = open.Peek();
        IEnumerable<(string, ObjectNode)> path = open.Reverse().SkipLast(1).Select(l => (l.Name, l.Given));
        if (!level.ExpectsName) path = path.Append((level.Name, level.Given));
        return new([.. path], level.Given, level.ExpectsName, start, typed, quote);
    }

    private static JValue WordOf(string word) => word switch
    {
        "true" or "True" => new JValue(true),
        "false" or "False" => new JValue(false),
        _ => new JValue(word),
    };

    private static int EndOfString(string text, int at)
    {
        char quote = text[at++];
        while (at < text.Length)
        {
            char c = text[at++];
            if (c == quote) return at;
            if (c == '\\') at++;
        }

        return -1;
    }

    // A list, or an object, that is open.
    private sealed class Level
    {
        private readonly bool _isList;
        private string? _name;
        private int _index;
        private bool _inValue;

        public Level(bool isList) => _inValue = _isList = isList;

        public ObjectNode Given { get; } = new();

        public bool IsBehindValue { get; private set; }

        public bool ExpectsName => !_isList && !_inValue;

        public string Name => _isList ? _index.ToString(System.Globalization.CultureInfo.InvariantCulture) : _name ?? "";

        public void BeginValue()
        {
            _inValue = true;
            IsBehindValue = false;
        }

        public void Next()
        {
            _index++;
            _inValue = _isList;
            IsBehindValue = false;
        }

        public void Take(JValue value)
        {
            if (ExpectsName)
            {
                _name = (string?)value;
                IsBehindValue = true;
            }
            else
            {
                End(value);
            }
        }

        public void End(JValue? value)
        {
            IsBehindValue = true;
            if (!_isList && _name is { } name) Given.Members.TryAdd(name, value is null ? new ObjectNode() : new ValueNode(value));
        }
    }
}
