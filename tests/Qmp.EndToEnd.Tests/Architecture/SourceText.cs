using System.Text.RegularExpressions;

namespace Qmp.EndToEnd.Tests.Architecture;

/// <summary>A source file as the architecture sees it: the types that it declares and those that it mentions.</summary>
/// <remarks>
/// It is no compiler: a type is a name at the beginning of a line in a file with one namespace, which is how all files here
/// are written. Texts and comments mention nothing, and neither do the members of an enum.
/// </remarks>
internal sealed partial class SourceText
{
    private readonly string _code;
    private readonly HashSet<string> _usings;

    public SourceText(string path)
    {
        Folder = Path.GetDirectoryName(path)!;
        Name = Path.GetFileName(path);
        string code = File.ReadAllText(path);
        Types = [.. Declarations(code)];
        Namespace = NamespaceDirective().Match(code).Groups[1].Value;
        _usings = [.. UsingDirective().Matches(code).Select(m => m.Groups[1].Value)];
        _code = EnumBody().Replace(Directive().Replace(Hidden().Replace(code, "\"\""), ""), "");
    }

    public string Folder { get; }

    public string Name { get; }

    public string Namespace { get; }

    /// <summary>The types that are declared at the top, and how many lines each has here.</summary>
    public IReadOnlyList<(string Name, int Lines)> Types { get; }

    /// <summary>Names that may be those of types: whatever begins with a capital and is no member of something.</summary>
    public IEnumerable<string> Mentions => Identifier().Matches(_code).Select(m => m.Value).Distinct();

    /// <summary>Whether a type of a namespace can be mentioned here by its name alone.</summary>
    public bool Sees(string other) =>
        Namespace == other || Namespace.StartsWith(other + ".", StringComparison.Ordinal) || _usings.Contains(other);

    private static IEnumerable<(string Name, int Lines)> Declarations(string code)
    {
        string[] lines = code.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (Declaration().Match(lines[i]) is not { Success: true } found) continue;
            int end = i;
            // It ends with a brace in the first column, or where it began.
            while (end < lines.Length - 1 && !lines[end].StartsWith('}') && !EndsAtOnce(lines, i, end)) end++;
            yield return (found.Groups[1].Value, end - i + 1);
            i = end;
        }
    }

    private static bool EndsAtOnce(string[] lines, int start, int end) =>
        lines[end].EndsWith(';') && !lines[start..(end + 1)].Any(l => l.StartsWith('{'));

    [GeneratedRegex(@"^(?:(?:public|internal|file|sealed|abstract|static|partial|readonly|ref|unsafe) )*"
        + @"(?:class|struct|interface|enum|record(?: struct| class)?) (\w+)")]
    private static partial Regex Declaration();

    [GeneratedRegex("\"\"\"(?:.|\\n)*?\"\"\"|@?\\$*\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\])'|//.*|/\\*(?:.|\\n)*?\\*/")]
    private static partial Regex Hidden();

    [GeneratedRegex(@"^\s*(?:using|namespace) [^;(]*;", RegexOptions.Multiline)]
    private static partial Regex Directive();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceDirective();

    [GeneratedRegex(@"^using ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex UsingDirective();

    [GeneratedRegex(@"\benum\s+\w+[^{]*\{[^}]*\}")]
    private static partial Regex EnumBody();

    [GeneratedRegex(@"(?<![.\w])[A-Z]\w*")]
    private static partial Regex Identifier();
}
