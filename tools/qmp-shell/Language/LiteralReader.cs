using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;

namespace Qmp.Shell.Language;

/// <summary>Reads values as JSON or as Python writes them, mixed as people mix them.</summary>
/// <param name="text">The text.</param>
/// <param name="origin">Where it begins in the line, for error positions.</param>
internal ref struct LiteralReader(string text, int origin)
{
    private const int MaxDepth = 1000;

    private int _at;
    private int _depth;

    /// <summary>Reads a text that is one value.</summary>
    /// <exception cref="ShellSyntaxException">The text is not exactly one value.</exception>
    public static JToken Read(string text, int origin)
    {
        var reader = new LiteralReader(text, origin);
        JToken value = reader.ReadValue();
        reader.SkipSpace();
        return reader._at == text.Length ? value : throw reader.Error("the value has ended here");
    }

    private JToken ReadValue()
    {
        SkipSpace();
        switch (Peek())
        {
            case '{': return ReadObject();
            case '[': return ReadList();
            case '"' or '\'': return new JValue(ReadString());
            default: return ReadScalar();
        }
    }

    private JObject ReadObject()
    {
        var members = new JObject();
        Enter();
        while (!TryTake('}'))
        {
            SkipSpace();
            if (Peek() is not ('"' or '\'')) throw Error("a name in quotes is expected");
            int start = _at;
            string name = ReadString();
            if (!TryTake(':')) throw Error("':' is expected");
            JToken value = ReadValue();
            if (members.ContainsKey(name))
            {
                _at = start;
                throw Error($"'{name}' is given twice");
            }

            members.Add(name, value);
            if (TryTake(',')) continue;
            if (!TryTake('}')) throw Error("',' or '}' is expected");
            break;
        }

        _depth--;
        return members;
    }

    private JArray ReadList()
    {
        var elements = new JArray();
        Enter();
        while (!TryTake(']'))
        {
            elements.Add(ReadValue());
            if (TryTake(',')) continue;
            if (!TryTake(']')) throw Error("',' or ']' is expected");
            break;
        }

        _depth--;
        return elements;
    }

    private string ReadString()
    {
        char quote = text[_at++];
        var value = new StringBuilder();
        while (true)
        {
            char c = Peek();
            if (c == '\0') throw Error("the string has no end");
            _at++;
            if (c == quote) return value.ToString();
            value.Append(c == '\\' ? ReadEscape() : c);
        }
    }

    private char ReadEscape()
    {
        char c = Peek();
        _at++;
        return c switch
        {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\b',
            'f' => '\f',
            'u' => ReadHex(4),
            'x' => ReadHex(2),
            '"' or '\'' or '\\' or '/' => c,
            _ => throw Error("no such escape", -1),
        };
    }

    private char ReadHex(int digits)
    {
        if (_at + digits > text.Length
            || !ushort.TryParse(
                text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code))
        {
            throw Error($"{digits} hexadecimal digits are expected");
        }

        _at += digits;
        return (char)code;
    }

    private JValue ReadScalar()
    {
        int start = _at;
        while (char.IsAsciiLetterOrDigit(Peek()) || Peek() is '+' or '-' or '.' or '_') _at++;
        string word = text[start.._at];
        switch (word)
        {
            case "true" or "True": return new JValue(true);
            case "false" or "False": return new JValue(false);
            case "null" or "None": return JValue.CreateNull();
        }

        if (NumberWord.TryRead(word) is { } number) return number;
        _at = start;
        throw Error(word.Length > 0 ? $"'{word}' is no value: strings need quotes" : "a value is expected");
    }

    private void Enter()
    {
        if (++_depth > MaxDepth) throw Error("too deeply nested");
        _at++;
    }

    private bool TryTake(char c)
    {
        SkipSpace();
        if (Peek() != c) return false;
        _at++;
        return true;
    }

    private void SkipSpace()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at])) _at++;
    }

    private readonly char Peek() => _at < text.Length ? text[_at] : '\0';

    private readonly ShellSyntaxException Error(string message, int offset = 0) => new(message, origin + _at + offset);
}
