using System.Text;

namespace Qmp.Emulator.HumanMonitor;

/// <summary>The words of a line, taken one after the other. Texts are QEMU's.</summary>
internal sealed class HumanArguments
{
    private readonly string _command;
    private readonly string _typed;
    private readonly string _line;
    private int _at;

    /// <param name="command">All names of the command.</param>
    /// <param name="typed">How it was called.</param>
    /// <param name="line">The line.</param>
    /// <param name="at">Where its arguments begin.</param>
    public HumanArguments(string command, string typed, string line, int at)
    {
        _command = command;
        _typed = typed;
        _line = line;
        _at = at;
    }

    /// <summary>Takes all flags that come next, such as <c>-d</c>.</summary>
    /// <param name="known">The letters that are flags.</param>
    /// <returns>Those that were there.</returns>
    /// <exception cref="HumanException">The word has a flag that is not known.</exception>
    public HashSet<char> Flags(string known)
    {
        var flags = new HashSet<char>();
        while (true)
        {
            SkipSpaces();
            if (_at + 1 >= _line.Length || _line[_at] != '-') return flags;
            char flag = _line[_at + 1];
            if (!known.Contains(flag)) throw Error($"{_command}: unsupported option -{flag}");
            flags.Add(flag);
            _at += 2;
        }
    }

    /// <summary>Takes a word, quoted or not; <see langword="null"/> at the end of the line.</summary>
    public string? OptionalText()
    {
        SkipSpaces();
        if (_at == _line.Length) return null;
        if (_line[_at] == '"') return Quoted();
        int start = _at;
        while (_at < _line.Length && !char.IsWhiteSpace(_line[_at])) _at++;
        return _line[start.._at];
    }

    /// <summary>Takes a word.</summary>
    /// <exception cref="HumanException">The line has no further word.</exception>
    public string Text() => OptionalText() ?? throw Error($"{_command}: string expected");

    /// <summary>Takes the name of a disk.</summary>
    /// <exception cref="HumanException">The line has no further word.</exception>
    public string Disk() => OptionalText() ?? throw Error($"{_command}: block device name expected");

    /// <summary>Takes all that is left of the line.</summary>
    /// <exception cref="HumanException">Nothing is.</exception>
    public string Rest()
    {
        SkipSpaces();
        if (_at == _line.Length) throw Error($"{_command}: string expected");
        int start = _at;
        _at = _line.Length;
        return _line[start..];
    }

    /// <summary>Takes a number, decimal, octal with 0 or hexadecimal with 0x; <see langword="null"/> at the end.</summary>
    /// <exception cref="HumanException">The word is not a number.</exception>
    public long? OptionalInteger()
    {
        SkipSpaces();
        if (_at == _line.Length) return null;
        bool negative = _line[_at] == '-';
        if (negative) _at++;
        if (_at == _line.Length) throw Error("unexpected end of expression");
        int radix = 10;
        if (_line[_at] == '0') radix = 8;
        if (radix == 8 && _at + 2 < _line.Length && (_line[_at + 1] | ' ') == 'x' && char.IsAsciiHexDigit(_line[_at + 2]))
        {
            radix = 16;
            _at += 2;
        }

        // As far as there are digits; what follows is the next argument's.
        int start = _at;
        ulong value = 0;
        for (; _at < _line.Length && char.IsAsciiHexDigit(_line[_at]); _at++)
        {
            int digit = Convert.ToInt32(_line[_at].ToString(), 16);
            if (digit >= radix) break;
            value = unchecked((value * (ulong)radix) + (ulong)digit);
        }

        if (_at == start) throw Error($"invalid char '{_line[_at]}' in expression");
        return negative ? unchecked(-(long)value) : unchecked((long)value);
    }

    /// <summary>Takes a number.</summary>
    /// <exception cref="HumanException">The line has no further word.</exception>
    public long Integer() => OptionalInteger() ?? throw Error("unexpected end of expression");

    /// <summary>Takes <c>on</c> or <c>off</c>.</summary>
    /// <exception cref="HumanException">The word is neither <c>on</c> nor <c>off</c>.</exception>
    public bool OnOff() => OptionalText() switch
    {
        "on" => true,
        "off" => false,
        _ => throw Error("Expected 'on' or 'off'"),
    };

    /// <summary>Checks that nothing is left.</summary>
    /// <exception cref="HumanException">Something follows the last argument.</exception>
    public void End()
    {
        SkipSpaces();
        if (_at < _line.Length) throw Error($"{_command}: extraneous characters at the end of line");
    }

    private HumanException Error(string message) =>
        new($"{message}\nTry \"help {_typed}\" for more information\n");

    private void SkipSpaces()
    {
        while (_at < _line.Length && char.IsWhiteSpace(_line[_at])) _at++;
    }

    private string Quoted()
    {
        var text = new StringBuilder();
        _at++;
        while (_at < _line.Length && _line[_at] != '"')
        {
            char c = _line[_at++];
            if (c != '\\')
            {
                text.Append(c);
                continue;
            }

            char escaped = _at < _line.Length ? _line[_at++] : '\0';
            text.Append(escaped switch
            {
                'n' => '\n',
                'r' => '\r',
                '\\' or '\'' or '"' => escaped,
                _ => throw Error($"{_command}: string expected"),
            });
        }

        if (_at == _line.Length) throw Error($"{_command}: string expected");
        _at++;
        return text.ToString();
    }
}
