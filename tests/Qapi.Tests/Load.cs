namespace Qapi.Tests;

/// <summary>Loads schemas given as text.</summary>
internal static class Load
{
    public const string Root = "schema.json";

    public static SchemaLoadResult Result(string text) => QapiSchema.Load(new MemoryFiles { [Root] = text }, Root);

    public static SchemaLoadResult Result(byte[] content)
    {
        var files = new MemoryFiles();
        files.Add(Root, content);
        return QapiSchema.Load(files, Root);
    }

    /// <summary>The schema; fails the test on an error.</summary>
    public static QapiSchema Schema(string text)
    {
        var result = Result(text);
        Assert.That(result.Error?.Render(), Is.Null);
        return result.Schema!;
    }

    /// <summary>The error's whole text; null if there is none.</summary>
    public static string? Error(string text) => Result(text).Error?.Render();
}
