namespace Qapi.Tests.Generators;

/// <summary>
/// Recorded output. With the environment variable <c>QAPI_REWRITE_EXPECTED</c> set to 1 a run records instead of
/// comparing; <c>git diff</c> then shows what changed.
/// </summary>
internal static class Expected
{
    private const string Switch = "QAPI_REWRITE_EXPECTED";

    /// <summary>Compares files with those recorded under a name.</summary>
    public static void Check(string name, IReadOnlyDictionary<string, string> files)
    {
        if (Environment.GetEnvironmentVariable(Switch) == "1")
        {
            Record(Path.Combine(Repository.Root, "tests", "Qapi.Tests", "Expected", name), files);
            Assert.Inconclusive("recorded");
        }
        var directory = Path.Combine(AppContext.BaseDirectory, "Expected", name);
        var recorded = Directory.GetFiles(directory, "*.txt").Select(path => Path.GetFileNameWithoutExtension(path));
        Assert.That(files.Keys, Is.EquivalentTo(recorded));
        foreach (var (file, text) in files)
        {
            var expected = File.ReadAllText(Path.Combine(directory, file + ".txt"));
            Assert.That(text, Is.EqualTo(expected), $"{file}; if it is right, record it with {Switch}=1");
        }
    }

    private static void Record(string directory, IReadOnlyDictionary<string, string> files)
    {
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
        Directory.CreateDirectory(directory);
        foreach (var (file, text) in files)
            File.WriteAllText(Path.Combine(directory, file + ".txt"), text);
    }
}
