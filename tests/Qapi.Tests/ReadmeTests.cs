using System.Text.RegularExpressions;
using Qapi.Tests.Generators;

namespace Qapi.Tests;

/// <summary>What the READMEs show is so.</summary>
public sealed partial class ReadmeTests
{
    private string _directory = "";

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("qapi").FullName + "/";

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void Examples_of_the_tool_print_that()
    {
        var text = Text("tools/qapi");
        foreach (Match file in NamedFile().Matches(text))
            File.WriteAllText(_directory + file.Groups[1].Value, file.Groups[2].Value);
        var examples = Console().Matches(text).SelectMany(block => block.Groups[1].Value.Split("$ qapi ").Skip(1));
        Assert.That(examples, Is.Not.Empty);
        foreach (var example in examples)
        {
            var end = example.IndexOf('\n');
            string[] arguments = [.. example[..end].Split(' ').Select(word =>
                word.EndsWith(".json", StringComparison.Ordinal) || word == "Generated" ? _directory + word : word)];
            var (_, output, error) = Tool.Run(arguments);
            Assert.That((error + output).Replace(_directory, ""), Is.EqualTo(example[(end + 1)..]), example);
        }
        Assert.That(Directory.GetFiles(_directory + "Generated"), Is.Not.Empty);
    }

    [Test]
    public void Example_of_the_generator_compiles()
    {
        var text = Text("src/Qapi.Generators");
        var files = NamedFile().Matches(text).ToDictionary(file => file.Groups[1].Value, file => file.Groups[2].Value);
        Assert.That(files.Keys, Is.EquivalentTo((string[])["my.json", "session.json"]));
        string[] code = [.. CSharp().Matches(text).Select(block => block.Groups[1].Value)];
        Assert.That(code, Has.Length.EqualTo(2));
        const string Usings = "using System.Collections.Generic; using System.Threading; using System.Threading.Tasks; using Sample;\n#nullable enable\n";
        var user = Usings + "internal static class User { public static async Task Use(Qmp.Client.QmpConnection connection) {\n"
            + code[1] + "} }";
        var sources = Project.Of("").File(Project.Root, "{ 'include': 'my.json' }")
            .File(Project.Directory + "my.json", files["my.json"])
            .File(Project.Directory + "session.json", files["session.json"])
            .Set("QapiNamespace", "Sample").Set("QapiApiNamespace", "Sample").Sources().Values;
        Assert.That(Project.Errors([.. sources, Usings + code[0], user]), Is.Empty);
    }

    private static string Text(string directory) =>
        File.ReadAllText(Path.Combine(Repository.Root, directory, "README.md"));

    [GeneratedRegex(@"`(\w+\.json)`[^`\n]*:?\n\n```\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex NamedFile();

    [GeneratedRegex("```console\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Console();

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharp();
}
