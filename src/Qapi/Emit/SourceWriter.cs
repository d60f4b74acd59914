using System.Text;

namespace Qapi.Emit;

/// <summary>Builds indented source text.</summary>
internal sealed class SourceWriter
{
    private const int IndentWidth = 4;

    private readonly StringBuilder _text = new();
    private int _indent;
    private bool _gap;

    /// <summary>One line; an empty one has no indentation.</summary>
    public void Line(string line)
    {
        if (_gap)
            _text.Append('\n');
        _gap = false;
        _text.Append(' ', line.Length == 0 ? 0 : _indent * IndentWidth).Append(line).Append('\n');
    }

    /// <summary>Several lines, indented alike.</summary>
    public void Lines(string lines)
    {
        foreach (var line in lines.Split('\n'))
        {
            if (line.Length == 0)
                Gap();
            else
                Line(line);
        }
    }

    /// <summary>A blank line before the next line, unless a block is closed by that.</summary>
    public void Gap() => _gap = true;

    /// <summary>A line, or several, and an opening brace.</summary>
    public void Open(string lines)
    {
        Lines(lines);
        Open();
    }

    /// <summary>An opening brace.</summary>
    public void Open()
    {
        Line("{");
        _indent++;
    }

    /// <summary>A closing brace.</summary>
    public void Close(string after = "")
    {
        _gap = false;
        _indent--;
        Line("}" + after);
    }

    /// <summary>The lines to come are indented by one more step.</summary>
    public void Indent() => _indent++;

    /// <summary>Takes one <see cref="Indent"/> back.</summary>
    public void Outdent() => _indent--;

    public override string ToString() => _text.ToString();
}
