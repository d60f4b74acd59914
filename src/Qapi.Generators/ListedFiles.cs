using System.Text;
using System.Text.RegularExpressions;

namespace Qapi.Generators;

/// <summary>The schema files that the project lists: includes are found among them, never on disk.</summary>
internal sealed class ListedFiles : ISchemaFiles
{
    private static readonly Regex Include = new(@"(?<!#.*)'include'\s*:\s*'([^'\n]*)'");

    private readonly Dictionary<string, SchemaText> _files = [];

    public ListedFiles(IEnumerable<SchemaText> files)
    {
        foreach (var file in files)
            _files[FullPath(file.Path)] = file;
    }

    public string CurrentDirectory => "/";

    /// <summary>The files that no other one includes, by their full paths.</summary>
    public IReadOnlyList<string> Roots()
    {
        var included = new HashSet<string>();
        foreach (var file in _files)
        {
            var directory = SchemaPath.DirectoryOf(file.Key);
            foreach (Match match in Include.Matches(file.Value.Text ?? ""))
            {
                var target = SchemaPath.Normalize(SchemaPath.Join(directory, match.Groups[1].Value));
                if (target != file.Key)
                    included.Add(target);
            }
        }
        return [.. _files.Keys.Where(path => !included.Contains(path)).OrderBy(path => path, StringComparer.Ordinal)];
    }

    /// <summary>The file to start from when each includes the other; the reader then says where the loop is.</summary>
    public string First => _files.Keys.OrderBy(path => path, StringComparer.Ordinal).First();

    /// <summary>The path as the compiler knows it, of a file as the schema reader names it.</summary>
    public string OriginalPath(string name) =>
        _files.TryGetValue(FullPath(name), out var file) ? file.Path : name;

    public SchemaFile Read(string path)
    {
        if (!_files.TryGetValue(FullPath(path), out var file))
            return SchemaFile.Unreadable("not among the project's QapiSchema items");
        return file.Text is null
            ? SchemaFile.Unreadable("the compiler cannot read it")
            : SchemaFile.Found(Encoding.UTF8.GetBytes(file.Text));
    }

    private static string FullPath(string path) => SchemaPath.Normalize(path.Replace('\\', '/'));
}
