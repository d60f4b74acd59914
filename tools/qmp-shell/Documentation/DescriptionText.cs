using Qapi.Emit;
using Qapi.Model;

namespace Qmp.Shell.Documentation;

/// <summary>Text of documentation comments for a terminal.</summary>
internal static class DescriptionText
{
    /// <summary>Paragraphs and items of lists, each as one line, without marks.</summary>
    public static IReadOnlyList<string> Paragraphs(DocSection? section)
    {
        var paragraphs = new List<string>();
        bool begins = true;
        foreach (string line in section?.Lines ?? [])
        {
            string text = line.Trim();
            if (text.Length > 0)
            {
                begins |= text.StartsWith("- ", StringComparison.Ordinal) || text.StartsWith("* ", StringComparison.Ordinal);
                text = DocReference.Replace(text, "", "");
                if (begins) paragraphs.Add(text);
                else paragraphs[^1] += " " + text;
            }

            begins = text.Length == 0;
        }

        return paragraphs;
    }

    /// <summary>Up to the first full stop that ends a sentence.</summary>
    public static string FirstSentence(string paragraph)
    {
        int end = paragraph.IndexOf(". ", StringComparison.Ordinal);
        return (end < 0 ? paragraph : paragraph[..end]).TrimEnd('.');
    }

    /// <summary>Breaks text into lines.</summary>
    /// <param name="text">A paragraph.</param>
    /// <param name="indent">What each line begins with.</param>
    /// <param name="width">Columns, the indent included.</param>
    public static IEnumerable<string> Wrap(string text, string indent, int width)
    {
        string line = indent;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > indent.Length && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = indent;
            }

            line += line.Length > indent.Length ? " " + word : word;
        }

        yield return line;
    }
}
