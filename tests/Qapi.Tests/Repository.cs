namespace Qapi.Tests;

/// <summary>Where the sources are.</summary>
internal static class Repository
{
    /// <summary>The directory of the solution.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Qmp.sln")))
            directory = directory.Parent!;
        return directory.FullName;
    }
}
