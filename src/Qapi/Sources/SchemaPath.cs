namespace Qapi;

/// <summary>Paths as schemas write them: <c>/</c> between parts, whatever the system underneath.</summary>
internal static class SchemaPath
{
    /// <summary>Everything before the last <c>/</c>; empty when there is none.</summary>
    public static string DirectoryOf(string path)
    {
        var head = path.Substring(0, path.LastIndexOf('/') + 1);
        var trimmed = head.TrimEnd('/');
        return trimmed.Length == 0 ? head : trimmed;
    }

    /// <summary>The second path as seen from the first; nothing is normalised.</summary>
    public static string Join(string directory, string path)
    {
        if (path.StartsWith("/", StringComparison.Ordinal) || directory.Length == 0)
            return path;
        return directory.EndsWith("/", StringComparison.Ordinal) ? directory + path : $"{directory}/{path}";
    }

    /// <summary>An absolute path without <c>.</c>, <c>..</c> and doubled separators; links are not followed.</summary>
    public static string Normalize(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part.Length == 0 || part == ".")
                continue;
            if (part != "..")
                parts.Add(part);
            else if (parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
        }
        return "/" + string.Join("/", parts);
    }

    /// <summary>The way from one normalised directory to a normalised path.</summary>
    public static string Relative(string directory, string path)
    {
        var from = directory.Split(['/'], StringSplitOptions.RemoveEmptyEntries);
        var to = path.Split(['/'], StringSplitOptions.RemoveEmptyEntries);
        var common = 0;
        while (common < from.Length && common < to.Length && from[common] == to[common])
            common++;
        var steps = Enumerable.Repeat("..", from.Length - common).Concat(to.Skip(common));
        return string.Join("/", steps);
    }
}
