using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qapi.Generators;

namespace Qapi.Tests.Generators;

/// <summary>What is generated anew when something changes.</summary>
public sealed class IncrementalTests
{
    private const string Schema = """
        { 'include': 'sub.json' }
        { 'struct': 'Foo', 'data': { 'a': 'int' } }
        """;

    private const string Sub = "{ 'enum': 'Bar', 'data': [ 'one' ] }";

    private static readonly string SubPath = Project.Directory + "sub.json";

    [Test]
    public void Nothing_changed_regenerates_nothing()
    {
        var driver = Sample().Driver().RunGenerators(Project.Compilation());
        Assert.That(Reasons(driver.RunGenerators(Project.Compilation())).Values,
            Is.All.EqualTo(IncrementalStepRunReason.Cached));
    }

    [Test]
    public void New_source_code_regenerates_nothing()
    {
        var driver = Sample().Driver().RunGenerators(Project.Compilation());
        var changed = Project.Compilation().AddSyntaxTrees(CSharpSyntaxTree.ParseText("class C;"));
        Assert.That(Reasons(driver.RunGenerators(changed)).Values, Is.All.EqualTo(IncrementalStepRunReason.Cached));
    }

    [Test]
    public void Moved_comment_changes_no_code()
    {
        var driver = Changed(Project.Root, "# a comment\n\n" + Schema + "\n# another\n");
        var files = driver.GetRunResult().Results[0].TrackedSteps[QapiGenerator.FilesStep]
            .SelectMany(step => step.Outputs).Select(output => output.Reason);
        Assert.That(files, Has.Some.EqualTo(IncrementalStepRunReason.Modified));
        Assert.That(Reasons(driver).Values, Is.All.EqualTo(IncrementalStepRunReason.Cached));
    }

    [Test]
    public void Change_reaches_only_the_files_of_its_module()
    {
        var reasons = Reasons(Changed(SubPath, "{ 'enum': 'Bar', 'data': [ 'one', 'two' ] }"));
        var modified = reasons.Where(pair => pair.Value == IncrementalStepRunReason.Modified).Select(pair => pair.Key);
        Assert.That(modified, Is.EquivalentTo((string[])["Types.Sub.g.cs", "Visitors.Sub.g.cs"]));
    }

    [Test]
    public void Changed_namespace_regenerates_everything()
    {
        var driver = Sample().Driver().RunGenerators(Project.Compilation());
        var options = new ProjectOptions(new Dictionary<string, string> { ["QapiNamespace"] = "Other" });
        var reasons = Reasons(driver.WithUpdatedAnalyzerConfigOptions(options).RunGenerators(Project.Compilation()));
        Assert.That(reasons.Values, Is.All.EqualTo(IncrementalStepRunReason.Modified));
    }

    [Test]
    public void Error_takes_the_code_away_and_its_repair_brings_it_back()
    {
        var sample = Sample();
        var driver = sample.Driver().RunGenerators(Project.Compilation());
        var right = sample.Files.Single(file => file.Path == SubPath);
        var wrong = new MemoryText(SubPath, "{ 'enum': 'bar' }");
        driver = driver.ReplaceAdditionalText(right, wrong).RunGenerators(Project.Compilation());
        Assert.That(driver.GetRunResult().Diagnostics, Has.Length.EqualTo(1));
        Assert.That(driver.GetRunResult().GeneratedTrees, Is.Empty);
        driver = driver.ReplaceAdditionalText(wrong, right).RunGenerators(Project.Compilation());
        Assert.That(driver.GetRunResult().Diagnostics, Is.Empty);
        Assert.That(driver.GetRunResult().GeneratedTrees, Is.Not.Empty);
    }

    private static Project Sample() => Project.Of(Schema).File(SubPath, Sub);

    /// <summary>A driver that has run twice, the second time with another text of one file.</summary>
    private static GeneratorDriver Changed(string path, string text)
    {
        var sample = Sample();
        var old = sample.Files.Single(file => file.Path == path);
        return sample.Driver().RunGenerators(Project.Compilation())
            .ReplaceAdditionalText(old, new MemoryText(path, text)).RunGenerators(Project.Compilation());
    }

    private static Dictionary<string, IncrementalStepRunReason> Reasons(GeneratorDriver driver)
    {
        var result = driver.GetRunResult().Results[0];
        var outputs = result.TrackedSteps[QapiGenerator.SourcesStep].SelectMany(step => step.Outputs)
            .Where(output => output.Reason != IncrementalStepRunReason.Removed).ToList();
        Assert.That(outputs, Is.Not.Empty);
        return outputs.Zip(result.GeneratedSources)
            .ToDictionary(pair => pair.Second.HintName, pair => pair.First.Reason);
    }
}
