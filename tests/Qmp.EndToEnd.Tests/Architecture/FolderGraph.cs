namespace Qmp.EndToEnd.Tests.Architecture;

/// <summary>Which folders of a project use types of which others.</summary>
internal sealed class FolderGraph
{
    private readonly Dictionary<string, Dictionary<string, string>> _edges = []; // from, to, an example

    private FolderGraph(string root, IReadOnlyList<SourceText> files)
    {
        ILookup<string, (string Folder, string Namespace)> homes = files
            .SelectMany(f => f.Types.Select(t => (t.Name, f.Folder, f.Namespace)))
            .Distinct()
            .ToLookup(t => t.Name, t => (t.Folder, t.Namespace));
        foreach (SourceText file in files)
        {
            foreach (string name in file.Mentions.Where(n => homes[n].All(home => home.Folder != file.Folder)))
            {
                foreach ((string folder, _) in homes[name].Where(home => file.Sees(home.Namespace)))
                {
                    Edges(Show(root, file.Folder)).TryAdd(Show(root, folder), $"{file.Name} mentions {name}");
                }
            }
        }
    }

    /// <summary>The graph of the sources below a folder.</summary>
    public static FolderGraph Of(string root) => new(root, Read(root));

    /// <summary>The sources below a folder, without what builds leave there.</summary>
    public static IReadOnlyList<SourceText> Read(string root) =>
    [
        .. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(f => !Path.GetRelativePath(root, f).Split('/').Any(p => p is "obj" or "bin"))
            .Order(StringComparer.Ordinal)
            .Select(f => new SourceText(f)),
    ];

    /// <summary>Groups of folders that each lead to each other, with an example for every edge between them.</summary>
    public IEnumerable<string> Cycles()
    {
        var done = new HashSet<string>();
        foreach (string folder in _edges.Keys.Order(StringComparer.Ordinal).ToList())
        {
            if (done.Contains(folder)) continue;
            string[] knot = [.. Reachable(folder).Where(other => Reachable(other).Contains(folder)).Order(StringComparer.Ordinal)];
            if (knot.Length < 2) continue;
            done.UnionWith(knot);
            yield return string.Join(", ", knot) + string.Concat(
                from start in knot
                from end in Edges(start)
                where knot.Contains(end.Key)
                select $"\n  {start} -> {end.Key}: {end.Value}");
        }
    }

    private static string Show(string root, string folder) => Path.GetRelativePath(root, folder);

    private HashSet<string> Reachable(string folder)
    {
        var reached = new HashSet<string>();
        var open = new Queue<string>([folder]);
        while (open.TryDequeue(out string? next))
        {
            foreach (string end in Edges(next).Keys)
            {
                if (reached.Add(end)) open.Enqueue(end);
            }
        }

        return reached;
    }

    private Dictionary<string, string> Edges(string folder)
    {
        if (!_edges.TryGetValue(folder, out Dictionary<string, string>? edges)) _edges[folder] = edges = [];
        return edges;
    }
}
