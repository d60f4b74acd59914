using System.Text;

namespace Qapi.Syntax;

/// <summary>One schema file, decoded, with the include directive that led to it.</summary>
internal sealed class SourceFile
{
    private SourceFile(string name, string fullPath, SourceLocation? includedFrom, string text)
    {
        Name = name;
        FullPath = fullPath;
        IncludedFrom = includedFrom;
        Text = text;
    }

    /// <summary>The path as reached from the root, for messages.</summary>
    public string Name { get; }

    /// <summary>The absolute, normalised path.</summary>
    public string FullPath { get; }

    /// <summary>Null for the root file.</summary>
    public SourceLocation? IncludedFrom { get; }

    /// <summary>The text: LF line ends only, the last line ended too.</summary>
    public string Text { get; }

    public static SourceFile Decode(string name, string fullPath, SourceLocation? includedFrom, byte[] content)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content);
        }
        catch (DecoderFallbackException)
        {
            var line = FirstInvalidLine(content);
            var unreadable = new SourceFile(name, fullPath, includedFrom, "\n");
            throw new SourceLocation(unreadable, line).Error("invalid UTF-8");
        }
        if (text.IndexOf('\r') >= 0)
            text = text.Replace("\r\n", "\n").Replace('\r', '\n');
        if (!text.EndsWith("\n", StringComparison.Ordinal))
            text += "\n";
        return new SourceFile(name, fullPath, includedFrom, text);
    }

    /// <summary>The error at a place in <see cref="Text"/>, with its column.</summary>
    public SchemaException Error(int line, int start, string message) =>
        new(QapiError.At(new SourceLocation(this, line), message, ColumnOf(start)));

    /// <summary>Code points from the line's start, from 1. A tab does not go to a tab stop: QAPI.md section 1.</summary>
    private int ColumnOf(int start)
    {
        var lineStart = start == 0 ? 0 : Text.LastIndexOf('\n', start - 1) + 1;
        var column = 1;
        for (var i = lineStart; i < start; i++)
        {
            if (Text[i] == '\t')
                column = (column + 7) % 8 + 1;
            else if (!char.IsLowSurrogate(Text[i]))
                column++;
        }
        return column;
    }

    private static int FirstInvalidLine(byte[] content)
    {
        var replaced = new UTF8Encoding(false, throwOnInvalidBytes: true);
        var line = 1;
        var start = 0;
        for (var i = 0; i <= content.Length; i++)
        {
            // A sequence cannot run over a line feed, so lines can be tried one by one.
            if (i < content.Length && content[i] != '\n')
                continue;
            try
            {
                replaced.GetCharCount(content, start, i - start);
            }
            catch (DecoderFallbackException)
            {
                return line;
            }
            start = i + 1;
            line++;
        }
        return line;
    }
}
