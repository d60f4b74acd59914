namespace Qmp.TestSupport;

/// <summary>Marked pieces of source files: <c>// snippet: NAME</c> up to <c>// end</c>.</summary>
public static class Snippets
{
    public static IReadOnlyDictionary<string, string> Of(string file)
    {
        var snippets = new Dictionary<string, string>();
        string? name = null;
        var lines = new List<string>();
        foreach (string line in File.ReadLines(file))
        {
            string text = line.Trim();
            if (text.StartsWith("// snippet: ", StringComparison.Ordinal))
            {
                name = text["// snippet: ".Length..];
                lines.Clear();
            }
            else if (text == "// end" && name is not null)
            {
                int indent = lines.Where(l => l.Length > 0).Min(l => l.Length - l.TrimStart().Length);
                snippets.Add(name, string.Join('\n', lines.Select(l => l.Length > 0 ? l[indent..] : l)));
                name = null;
            }
            else
            {
                lines.Add(line);
            }
        }

        return snippets;
    }
}
