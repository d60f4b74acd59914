using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace Qmp.Protocol.Json;

/// <summary>Puts JSON into bytes as QEMU prints it. Members appear in the order in which they are written.</summary>
/// <remarks>
/// ASCII only, upper-case escapes, <c>", "</c> and <c>": "</c>; pretty output indents by four and ends lines with
/// CR LF. The caller is trusted to nest correctly.
/// </remarks>
internal sealed class JsonEmitter(ByteBuffer output, bool pretty)
{
    private static readonly SearchValues<char> Plain =
        SearchValues.Create([.. Enumerable.Range(0x20, 0x5F).Select(c => (char)c).Where(c => c is not ('"' or '\\'))]);

    private readonly ByteBuffer _output = output;
    private readonly bool _pretty = pretty;
    private int _depth;
    private bool _needComma;

    /// <summary>Where the bytes go.</summary>
    public ByteBuffer Output => _output;

    /// <summary>Whether output is for people.</summary>
    public bool IsPretty => _pretty;

    /// <summary>Whether the container closed last had anything in it.</summary>
    public bool LastWasEmpty { get; private set; }

    /// <summary>Forgets all nesting, for a new message.</summary>
    public void Reset()
    {
        _depth = 0;
        _needComma = false;
    }

    /// <summary>Writes a member name of the schema, which needs no escapes; empty for none.</summary>
    public void Name(ReadOnlySpan<byte> name)
    {
        Separate();
        if (name.IsEmpty) return;
        Span<byte> target = _output.GetSpan(name.Length + 4);
        target[0] = (byte)'"';
        name.CopyTo(target[1..]);
        "\": "u8.CopyTo(target[(name.Length + 1)..]);
        _output.Advance(name.Length + 4);
    }

    /// <summary>Writes any member name.</summary>
    public void Name(string name)
    {
        Separate();
        Quote(name);
        _output.Append(": "u8);
    }

    /// <summary>Starts an element of a list.</summary>
    public void Element() => Separate();

    /// <summary>Opens an object or a list.</summary>
    public void Open(char bracket)
    {
        _output.Append((byte)bracket);
        _depth++;
        _needComma = false;
    }

    /// <summary>Closes an object or a list.</summary>
    public void Close(char bracket)
    {
        LastWasEmpty = !_needComma;
        _depth--;
        _needComma = true;
        if (_pretty) NewLine();
        _output.Append((byte)bracket);
    }

    /// <summary>Writes an integer.</summary>
    public void Integer(long value)
    {
        Utf8Formatter.TryFormat(value, _output.GetSpan(20), out int written);
        _output.Advance(written);
    }

    /// <summary>Writes an integer.</summary>
    public void Integer(ulong value)
    {
        Utf8Formatter.TryFormat(value, _output.GetSpan(20), out int written);
        _output.Advance(written);
    }

    /// <summary>Writes a double.</summary>
    public void Number(double value) =>
        _output.Advance(NumberLiteral.Format(value, _output.GetSpan(NumberLiteral.MaxFormatted)));

    /// <summary>Writes a boolean.</summary>
    public void Boolean(bool value) => _output.Append(value ? "true"u8 : "false"u8);

    /// <summary>Writes a null.</summary>
    public void Null() => _output.Append("null"u8);

    /// <summary>Writes text that is JSON already.</summary>
    public void Raw(ReadOnlySpan<byte> json) => _output.Append(json);

    /// <summary>Writes a string.</summary>
    public void Quote(ReadOnlySpan<char> text)
    {
        _output.Append((byte)'"');
        while (!text.IsEmpty)
        {
            int plain = text.IndexOfAnyExcept(Plain);
            if (plain < 0) plain = text.Length;
            if (plain > 0)
            {
                Ascii.FromUtf16(text[..plain], _output.GetSpan(plain), out int written);
                _output.Advance(written);
                text = text[plain..];
            }

            if (!text.IsEmpty) text = text[Escape(text)..];
        }

        _output.Append((byte)'"');
    }

    private int Escape(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<byte> shortForm = text[0] switch
        {
            '"' => "\\\""u8,
            '\\' => "\\\\"u8,
            '\b' => "\\b"u8,
            '\f' => "\\f"u8,
            '\n' => "\\n"u8,
            '\r' => "\\r"u8,
            '\t' => "\\t"u8,
            _ => default,
        };
        if (!shortForm.IsEmpty)
        {
            _output.Append(shortForm);
            return 1;
        }

        OperationStatus status = Rune.DecodeFromUtf16(text, out Rune rune, out int used);
        if (status != OperationStatus.Done || !ModifiedUtf8.IsCharacter(rune.Value))
        {
            EscapeUnit(ModifiedUtf8.Replacement);
            return used;
        }

        foreach (char unit in text[..used]) EscapeUnit(unit);
        return used;
    }

    private void EscapeUnit(char unit)
    {
        Utf8.TryWrite(_output.GetSpan(6), $"\\u{(int)unit:X4}", out int written);
        _output.Advance(written);
    }

    private void Separate()
    {
        if (_needComma) _output.Append(_pretty ? ","u8 : ", "u8);
        _needComma = true;
        if (_pretty && _depth > 0) NewLine();
    }

    private void NewLine()
    {
        int indent = 4 * _depth;
        Span<byte> target = _output.GetSpan(indent + 2);
        target[0] = (byte)'\r';
        target[1] = (byte)'\n';
        target.Slice(2, indent).Fill((byte)' ');
        _output.Advance(indent + 2);
    }
}
