namespace Qmp.Shell.Tests.Support;

/// <summary>Programs that the environment names, or that are built together with the tests, beside them.</summary>
internal static class Programs
{
    public static string Shell => Find("qmp-shell");

    public static string Qmpd => Find("qmpd");

    public static string Find(string name)
    {
        string variable = name.ToUpperInvariant().Replace('-', '_');
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } named) return Path.GetFullPath(named);
        string here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        string path = Path.GetFullPath(Path.Combine(here, "..", "..", name, Path.GetFileName(here), name));
        return File.Exists(path) ? path : throw new FileNotFoundException("It is not built.", path);
    }
}
