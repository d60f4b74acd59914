namespace Qmp.Shell.Completion;

/// <summary>Names of files, where what was typed looks like the beginning of one.</summary>
internal static class FilePaths
{
    private static readonly string[] Schemes = ["unix:", "file:", "exec:"];

    /// <summary>How the path may go on, whole: with the scheme before it.</summary>
    /// <param name="typed">What was typed.</param>
    public static IEnumerable<(string Text, bool IsFolder)> Of(string typed)
    {
        string scheme = Schemes.FirstOrDefault(s => typed.StartsWith(s, StringComparison.Ordinal)) ?? "";
        string path = typed[scheme.Length..];
        int slash = path.LastIndexOf('/');
        if (slash < 0 && scheme.Length == 0) return [];
        string folder = path[..(slash + 1)];
        try
        {
            return
            [
                .. new DirectoryInfo(folder.Length > 0 ? folder : ".").EnumerateFileSystemInfos()
                    .Where(i => i.Name.StartsWith(path[(slash + 1)..], StringComparison.Ordinal))
                    .OrderBy(i => i.Name, StringComparer.Ordinal)
                    .Select(i => (scheme + folder + i.Name, i is DirectoryInfo)),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }
}
