using Qapi.Model;

namespace Qapi.Syntax;

/// <summary>Parses a documentation comment, line by line (qapi-code-gen, "Definition documentation").</summary>
internal sealed class DocParser
{
    private readonly ExpressionParser _parser;
    private readonly SourceFile _file;
    private readonly DocSectionList _sections;
    private readonly SourceLocation _start;
    private readonly List<string> _lines = [];

    // The line that comes next; null when the comment is over.
    private string? _line;

    public DocParser(ExpressionParser parser, SourceFile file)
    {
        _parser = parser;
        _file = file;
        _start = Here;
        _sections = new DocSectionList(_start);
    }

    private SourceLocation Here => new(_file, _parser.Current.Line);

    /// <summary>Parses the comment at the current token and steps behind it.</summary>
    public DocComment Parse()
    {
        if (_parser.Current.Text != "##")
            throw _parser.Error("junk after '##' at start of documentation comment");
        Advance();
        string? symbol = null;
        if (_line is not null && _line.StartsWith("@", StringComparison.Ordinal))
            symbol = ParseDefinition(_line);
        else
            ParseFreeForm();
        // What follows the comment is cut into a token first, and complained of first.
        _parser.Accept();
        return new DocComment(_start, symbol, _sections.Finish(), _lines);
    }

    private void Advance()
    {
        _parser.Accept(comments: true);
        var token = _parser.Current;
        if (token.Kind != TokenKind.Comment)
            throw _parser.Error("documentation comment must end with '##'");
        if (token.Text.StartsWith("##", StringComparison.Ordinal))
        {
            if (token.Text.Length > 2)
                throw _parser.Error("junk after '##' at end of documentation comment");
            _line = null;
            return;
        }
        if (token.Text.Length > 1 && token.Text[1] != ' ')
            throw _parser.Error("missing space after #");
        _line = token.Text.Length > 1 ? DocText.TrimEnd(token.Text.Substring(2)) : "";
        _lines.Add(_line);
    }

    private void SkipBlankLines()
    {
        while (_line is { Length: 0 })
            Advance();
    }

    private void ParseFreeForm()
    {
        while (_line is not null)
        {
            if (DocText.TryDescription(_line, out var name, out _))
                throw _parser.Error($"'@{name}:' not allowed in free-form documentation");
            if (_lines.Count > 1 && _line.StartsWith("=", StringComparison.Ordinal))
                throw _parser.Error("'=' heading must come first in a comment block");
            _sections.Append(_line);
            Advance();
        }
    }

    private string ParseDefinition(string first)
    {
        if (!first.EndsWith(":", StringComparison.Ordinal))
            throw _parser.Error("line should end with ':'");
        var symbol = first.Substring(1, first.Length - 2);
        if (symbol.Length == 0)
            throw _parser.Error("name required after '@'");
        Advance();
        var hadFeatures = false;
        var membersAreOver = false;
        while (true)
        {
            SkipBlankLines();
            if (_line is null)
                return symbol;
            if (_line == "Features:")
            {
                if (hadFeatures)
                    throw _parser.Error("duplicated 'Features:' line");
                ParseFeatures();
                hadFeatures = membersAreOver = true;
            }
            else if (DocText.TryDescription(_line, out var name, out _))
            {
                if (membersAreOver)
                    throw _parser.Error($"description of '@{name}:' follows a section");
                ParseDescriptions(DocSectionKind.Member);
                membersAreOver = true;
            }
            else if (DocText.TryTag(_line, out var tag, out var text))
            {
                ParseTagged(tag, text);
                membersAreOver = true;
            }
            else if (_line.StartsWith("=", StringComparison.Ordinal))
            {
                throw _parser.Error("unexpected '=' markup in definition documentation");
            }
            else
            {
                ParseParagraph();
            }
        }
    }

    private void ReadBlankLines()
    {
        while (_line is { Length: 0 })
        {
            _sections.Append(_line);
            Advance();
        }
    }

    private void ParseFeatures()
    {
        Advance();
        SkipBlankLines();
        if (_line is null || !DocText.TryDescription(_line, out _, out _))
            throw _parser.Error("feature descriptions expected");
        ParseDescriptions(DocSectionKind.Feature);
    }

    private void ParseDescriptions(DocSectionKind kind)
    {
        while (_line is not null && DocText.TryDescription(_line, out var name, out var text))
        {
            _sections.OpenDescription(kind, name, Here);
            _sections.Append(text);
            ReadIndented();
        }
    }

    private void ParseTagged(string tag, string text)
    {
        if (tag is "Note" or "Notes")
            throw _parser.Error($"The '{tag}' section is no longer supported. Please use rST's '.. note::'"
                + " or '.. admonition:: notes' directives, or another suitable admonition instead.");
        if (tag is "Example" or "Examples")
            throw _parser.Error($"The '{tag}' section is no longer supported. Please use the"
                + " '.. qmp-example::' directive, or other suitable markup instead.");
        var kind = tag switch
        {
            "Returns" => DocSectionKind.Returns,
            "Errors" => DocSectionKind.Errors,
            "Since" => DocSectionKind.Since,
            _ => DocSectionKind.Todo,
        };
        _sections.OpenTagged(kind, Here);
        _sections.Append(text);
        ReadIndented();
    }

    private void ParseParagraph()
    {
        _sections.OpenPlain(Here);
        while (_line is { Length: > 0 })
        {
            _sections.Append(_line);
            Advance();
        }
        // One blank line parts paragraphs, however many were written.
        _sections.Append("");
    }

    /// <summary>
    /// Reads the lines that belong to a description or tagged section. De-indenting is an error on the line after the
    /// first indented one only; later it ends the section.
    /// </summary>
    private void ReadIndented()
    {
        Advance();
        ReadBlankLines();
        if (_line is null)
            return;
        var indent = DocText.Indent(_line);
        if (indent == 0)
            return;
        for (var first = true; _line is not null; first = false)
        {
            _sections.Append(_line);
            Advance();
            if (_line is not { Length: > 0 } || DocText.Indent(_line) >= indent)
                continue;
            if (first && !DocText.TryDescription(_line, out _, out _))
                throw _parser.Error($"unexpected de-indent (expected at least {indent} spaces)");
            return;
        }
    }
}
