using Microsoft.CodeAnalysis;

namespace Qapi.Tests.Generators;

/// <summary>What is wrong shows as a diagnostic where it is wrong; nothing makes the generator fail.</summary>
public sealed class DiagnosticTests
{
    private const string Include = "{ 'include': 'sub/part.json' }\n";
    private const string Part = Project.Directory + "sub/part.json";

    [Test]
    public void Lexical_error_has_line_and_column() =>
        Assert.That(Problems(Project.Of("{ 'struct': 'Foo',\n  'data': 7 }")),
            Is.EqualTo((string[])[$"QAPI001 {Project.Root}(2,11): stray '7'"]));

    [Test]
    public void Semantic_error_has_the_line_of_its_definition() =>
        Assert.That(Problems(Project.Of("\n{ 'struct': 'Foo',\n  'data': { 'a': 'Bar' } }")), Is.EqualTo((string[])
            [$"QAPI001 {Project.Root}(2,1): In struct 'Foo': member 'a' uses unknown type 'Bar'"]));

    [Test]
    public void Error_in_an_included_file_is_reported_there() =>
        Assert.That(Problems(Project.Of(Include).File(Part, "{ 'struct': 'foo', 'data': {} }")), Is.EqualTo((string[])
            [$"QAPI001 {Part}(1,1): In struct 'foo': name of struct must use CamelCase"]));

    [Test]
    public void Further_lines_of_a_message_are_part_of_it() =>
        Assert.That(Problems(Project.Of("{ 'enum': 'Foo', 'data': [], 'x': 'y' }")).Single(),
            Does.EndWith("enum has unknown key 'x' Valid keys are 'data', 'enum', 'features', 'if', 'prefix'."));

    [Test]
    public void Include_that_is_no_item_of_the_project_is_an_error() =>
        Assert.That(Problems(Project.Of(Include)), Is.EqualTo((string[])
            [$"QAPI001 {Project.Root}(1,1): can't read include file '{Part}': "
                + "not among the project's QapiSchema items"]));

    [Test]
    public void File_that_nothing_includes_is_an_error() =>
        Assert.That(Problems(Project.Of("{ 'struct': 'Foo', 'data': {} }").File(Part, "")),
            Has.Length.EqualTo(2).And.All.Contains("QAPI002").And.Some.Contains(Part + "(1,1)"));

    [Test]
    public void Commented_include_does_not_count() =>
        Assert.That(Problems(Project.Of("#" + Include).File(Part, "")), Has.Length.EqualTo(2));

    [Test]
    public void Several_includes_on_a_line_count() =>
        Assert.That(Problems(Project.Of(Include.Trim() + " { 'include': 'other.json' }")
            .File(Part, "").File(Project.Directory + "other.json", "")), Is.Empty);

    [Test]
    public void Files_that_include_each_other_are_an_error() =>
        Assert.That(Problems(Project.Of(Include).File(Part, "{ 'include': '../root.json' }")), Is.EqualTo((string[])
            [$"QAPI001 {Part}(1,1): inclusion loop for ../root.json"]));

    [Test]
    public void Unknown_part_is_an_error() =>
        Assert.That(Problems(Project.Of("").Set("_QapiEmit", "Types,Tipes")),
            Is.EqualTo((string[])["QAPI002 : QapiEmit: unknown part 'Tipes'"]));

    [TestCase("{ 'struct': 'Foo', 'data': { 'a': 'Off' } }", "struct 'Foo': member 'a' uses enum type 'Off'")]
    [TestCase("{ 'struct': 'Foo', 'data': { 'a': [ 'Off' ] } }", "struct 'Foo': member 'a' uses array type ['Off']")]
    [TestCase("{ 'alternate': 'Foo', 'data': { 'a': 'Off' } }", "alternate 'Foo': branch 'a' uses enum type 'Off'")]
    [TestCase("{ 'command': 'foo', 'data': { 'a': 'Off' } }", "command 'foo': member 'a' uses enum type 'Off'")]
    [TestCase("{ 'command': 'foo', 'returns': [ 'Gone' ] }",
        "command 'foo': command's 'returns' uses array type ['Gone']")]
    [TestCase("{ 'event': 'FOO', 'data': 'Gone' }", "event 'FOO': event's 'data' uses struct type 'Gone'")]
    public void Use_of_a_type_that_is_off_is_an_error(string definition, string expected)
    {
        const string Off = """
            { 'enum': 'Off', 'data': [], 'if': 'OFF' }
            { 'struct': 'Gone', 'data': {}, 'if': 'OFF' }

            """;
        Assert.That(Problems(Project.Of(Off + definition)), Is.EqualTo((string[])
            [$"QAPI001 {Project.Root}(3,1): In {expected}, which the conditions leave out"]));
        Assert.That(Problems(Project.Of(Off + definition).Set("_QapiConditions", "OFF")), Is.Empty);
    }

    [Test]
    public void Every_diagnostic_is_an_error_with_an_id_of_ours()
    {
        var result = Project.Of("{").Run();
        Assert.That(result.Diagnostics.Select(diagnostic => (diagnostic.Id, diagnostic.Severity)),
            Is.EqualTo(((string, DiagnosticSeverity)[])[("QAPI001", DiagnosticSeverity.Error)]));
    }

    [Test]
    public void Project_without_schema_gets_nothing()
    {
        var result = new Project().File("/project/BannedSymbols.txt", "T:System.Console").Run();
        Assert.That(result.Diagnostics, Is.Empty);
        Assert.That(result.GeneratedSources, Is.Empty);
    }

    [Test]
    public void No_recorded_case_makes_the_generator_fail()
    {
        foreach (var text in RecordedCasesTests.Texts())
        {
            var result = Project.Of(System.Text.Encoding.UTF8.GetString(text)).Run();
            Assert.That(result.Exception, Is.Null);
            Assert.That(result.Diagnostics.Select(diagnostic => diagnostic.Id), Is.All.Not.EqualTo("QAPI003"));
        }
    }

    private static string[] Problems(Project project)
    {
        var result = project.Run();
        Assert.That(result.Exception, Is.Null);
        return [.. result.Diagnostics.Select(Show)];
    }

    private static string Show(Diagnostic diagnostic)
    {
        var at = diagnostic.Location.GetLineSpan();
        var place = at.IsValid
            ? $"{at.Path}({at.StartLinePosition.Line + 1},{at.StartLinePosition.Character + 1})"
            : "";
        return $"{diagnostic.Id} {place}: {diagnostic.GetMessage()}";
    }
}
