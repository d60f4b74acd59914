using System.Text;

namespace Qapi.Syntax;

/// <summary>Cuts a file into tokens (qapi-code-gen, "Schema syntax").</summary>
internal sealed class Lexer(SourceFile file)
{
    private readonly string _text = file.Text;
    private int _cursor;
    private int _line = 1;

    /// <summary>White space as Python knows it, which adds the information separators to .NET's.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    /// <summary>The next token; with <paramref name="comments"/> all comments are tokens, else those of <c>##</c>.</summary>
    public Token Next(bool comments)
    {
        // The text ends with a line feed, so looking one character ahead is safe before it.
        while (true)
        {
            var start = _cursor++;
            var c = _text[start];
            switch (c)
            {
                case '\n' when _cursor == _text.Length:
                    _cursor = start;
                    return new Token(TokenKind.End, _line, start);
                case '\n':
                    _line++;
                    break;
                case '#':
                    _cursor = _text.IndexOf('\n', _cursor);
                    if (comments || _text[start + 1] == '#')
                        return new Token(TokenKind.Comment, _line, start, _text.Substring(start, _cursor - start));
                    break;
                case '{':
                    return new Token(TokenKind.OpenBrace, _line, start);
                case '}':
                    return new Token(TokenKind.CloseBrace, _line, start);
                case '[':
                    return new Token(TokenKind.OpenBracket, _line, start);
                case ']':
                    return new Token(TokenKind.CloseBracket, _line, start);
                case ':':
                    return new Token(TokenKind.Colon, _line, start);
                case ',':
                    return new Token(TokenKind.Comma, _line, start);
                case '\'':
                    return ReadString(start);
                case 't' when IsWord("true", start):
                    return new Token(TokenKind.True, _line, start);
                case 'f' when IsWord("false", start):
                    return new Token(TokenKind.False, _line, start);
                default:
                    if (!IsSpace(c))
                        throw Stray(start);
                    break;
            }
        }
    }

    private bool IsWord(string word, int start)
    {
        if (string.CompareOrdinal(_text, start, word, 0, word.Length) != 0)
            return false;
        _cursor = start + word.Length;
        return true;
    }

    private Token ReadString(int start)
    {
        StringBuilder? unescaped = null;
        var plain = _cursor;
        while (true)
        {
            var c = _text[_cursor++];
            if (c == '\n')
                throw file.Error(_line, start, "missing terminating \"'\"");
            if (c == '\'')
                break;
            if (c == '\\')
            {
                var escaped = _text[_cursor];
                if (escaped == '\n')
                    throw file.Error(_line, start, "missing terminating \"'\"");
                if (escaped != '\\')
                    throw file.Error(_line, start, $"unknown escape \\{CodePointAt(_cursor)}");
                unescaped ??= new StringBuilder();
                unescaped.Append(_text, plain, _cursor - plain);
                plain = ++_cursor;
            }
            else if (c is < ' ' or > '~')
            {
                throw file.Error(_line, start, "funny character in string");
            }
        }
        var rest = _text.Substring(plain, _cursor - 1 - plain);
        return new Token(TokenKind.String, _line, start, unescaped is null ? rest : unescaped + rest);
    }

    private SchemaException Stray(int start)
    {
        var end = start;
        while (!IsSpace(_text[end]) && "[]{}:,'".IndexOf(_text[end]) < 0)
            end++;
        return file.Error(_line, start, $"stray '{_text.Substring(start, end - start)}'");
    }

    private string CodePointAt(int index) =>
        _text.Substring(index, char.IsHighSurrogate(_text[index]) ? 2 : 1);
}
