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
        var schema = NamedFile().Match(text);
        Assert.That(schema.Groups[1].Value, Is.EqualTo("my.json"));
        string[] code = [.. CSharp().Matches(text).Select(block => block.Groups[1].Value)];
        Assert.That(code, Has.Length.EqualTo(1));
        const string Usings = "global using System; global using System.Collections.Generic; global using System.IO;"
            + " global using System.Threading; global using System.Threading.Tasks;\n#nullable enable\n";
        var sources = Project.Of("").File(Project.Root, "{ 'include': 'my.json' }")
            .File(Project.Directory + "my.json", schema.Groups[2].Value)
            .Set("QapiNamespace", "Paint").Set("QapiApiNamespace", "Paint").Set("QapiSchemaClass", "MySchema").Sources().Values;
        // Statements at the top are the body of a method there.
        var usings = string.Join('\n', code[0].Split('\n').Where(line => IsUsing(line)));
        var type = code[0][code[0].IndexOf("internal sealed class", StringComparison.Ordinal)..];
        var body = string.Join('\n', code[0][..code[0].IndexOf("internal sealed class", StringComparison.Ordinal)].Split('\n').Where(line => !IsUsing(line)));
        var user = usings + "\n#nullable enable\ninternal static class User { public static async Task Use() {\n" + body + "} }\n" + type;
        Assert.That(Project.Errors([.. sources, Usings, user]), Is.Empty);

        static bool IsUsing(string line) =>
            line.StartsWith("using ", StringComparison.Ordinal) && line.EndsWith(';') && !line.Contains('=') && !line.Contains('(');
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
