using Qapi.Tool;

namespace Qapi.Tests;

/// <summary>Schemas with what QEMU 10.0.2's own front end said to them: the error, or a dump of the schema.</summary>
public sealed class RecordedCasesTests
{
    internal static string Directory { get; } = Path.Combine(AppContext.BaseDirectory, "Cases");

    internal static IEnumerable<string> Names =>
        System.IO.Directory.GetFiles(Directory, "*.json").Select(path => Path.GetFileNameWithoutExtension(path))
            .Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Names))]
    public void Answer_is_the_recorded_one(string name)
    {
        var error = File.ReadAllText(Path.Combine(Directory, name + ".err"));
        var dump = File.ReadAllText(Path.Combine(Directory, name + ".out"));
        var result = QapiSchema.Load(new DiskFiles(Directory), name + ".json");
        Assert.That(result.Error is null ? "" : result.Error.Render() + "\n", Is.EqualTo(error));
        if (result.Schema is null)
            return;
        var text = new StringWriter();
        new SchemaDump(text).Write(result.Schema);
        Assert.That(text.ToString(), Is.EqualTo(dump));
    }

    [Test]
    public void All_cases_are_there() => Assert.That(Names.Count(), Is.EqualTo(207));

    /// <summary>The text of every case, as bytes.</summary>
    internal static IReadOnlyList<byte[]> Texts() =>
        [.. Names.Select(name => File.ReadAllBytes(Path.Combine(Directory, name + ".json")))];
}
