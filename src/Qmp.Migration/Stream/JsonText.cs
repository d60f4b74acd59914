using System.Globalization;
using System.Text;

namespace Qmp.Migration.Stream;

/// <summary>Writes JSON on one line, with a blank behind each comma and colon.</summary>
internal sealed class JsonText
{
    private readonly StringBuilder _text = new(1024);
    private bool _isFirst = true;

    public void BeginObject() => Begin("", '{');

    public void BeginObject(string name) => Begin(Key(name), '{');

    public void EndObject() => End('}');

    public void BeginArray(string name) => Begin(Key(name), '[');

    public void EndArray() => End(']');

    public void Add(string name, string value) => Append(Key(name) + Quote(value));

    public void Add(string name, long value) => Append(Key(name) + value.ToString(CultureInfo.InvariantCulture));

    public override string ToString() => _text.ToString();

    private static string Key(string name) => Quote(name) + ": ";

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"", text.Length + 2);
        foreach (char c in text)
        {
            if (c is '"' or '\\') quoted.Append('\\').Append(c);
            else if (c < ' ') quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }

    private void Begin(string key, char bracket)
    {
        Append(key + bracket);
        _isFirst = true;
    }

    private void End(char bracket)
    {
        _text.Append(bracket);
        _isFirst = false;
    }

    private void Append(string text)
    {
        if (!_isFirst) _text.Append(", ");
        _text.Append(text);
        _isFirst = false;
    }
}
