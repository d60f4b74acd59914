using System.Text;

namespace Qapi;

/// <summary>One schema file, decoded, with the include directive that led to it.</summary>
internal sealed class SourceFile
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

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
            text = Strict.GetString(content);
        }
        catch (DecoderFallbackException)
        {
            var unreadable = new SourceFile(name, fullPath, includedFrom, "\n");
            throw new SourceLocation(unreadable, FirstInvalidLine(content)).Error("invalid UTF-8");
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

    /// <summary>Code points from the line's start, from 1. A tab goes to no tab stop, as in QEMU.</summary>
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

    /// <summary>A sequence cannot run over a line feed, so lines can be tried one by one.</summary>
    private static int FirstInvalidLine(byte[] content)
    {
        var line = 1;
        for (var start = 0; start < content.Length; line++)
        {
            var end = Array.IndexOf(content, (byte)'\n', start);
            if (end < 0)
                end = content.Length;
            try
            {
                Strict.GetCharCount(content, start, end - start);
            }
            catch (DecoderFallbackException)
            {
                return line;
            }
            start = end + 1;
        }
        return line;
    }
}
