using Qapi.Emit;
using Qapi.Tool;

namespace Qapi.Tests.Generators;

/// <summary>Generated code compiles without a warning, documentation included.</summary>
[Category("Slow")]
public sealed class CompileTests
{
    [TestCase("#nullable enable\npublic class Undocumented;")]
    [TestCase("#nullable enable\nclass Uninitialized { string text; }")]
    [TestCase("#nullable enable\nclass UsesObsolete { [System.Obsolete] static int Old => 1; static int New => Old; }")]
    public void Warnings_count(string source) => Assert.That(Project.Errors([source]), Is.Not.Empty);

    [Test]
    public void Every_construct_compiles() =>
        Assert.That(Project.Errors(Project.Rich().Sources().Values), Is.Empty);

    [Test]
    public void Predefined_and_inline_types_can_be_named()
    {
        const string Schema = """
            { 'alternate': 'Foo', 'data': { 'a': 'QType', 'b': 'q_empty' } }
            { 'enum': 'Kind', 'data': [ 'one' ] }
            { 'union': 'Bar', 'base': { 'kind': 'Kind' }, 'discriminator': 'kind', 'data': {} }
            { 'command': 'first', 'data': { 'foo': 'Foo', 'list': 'intList' } }
            { 'command': 'second', 'data': 'q_obj_Bar-base', 'returns': 'q_obj_first-arg' }
            { 'event': 'THIRD', 'data': 'q_empty' }
            """;
        Assert.That(Project.Errors(Project.Of(Schema).Sources().Values), Is.Empty);
    }

    [Test]
    public void Types_and_the_rest_can_share_a_namespace() =>
        Assert.That(Project.Errors(Project.Rich().Set("QapiApiNamespace", "Sample.Types").Sources().Values), Is.Empty);

    [Test]
    public void Names_of_the_runtime_can_be_namespaces()
    {
        var project = Project.Rich().Set("QapiNamespace", "Types").Set("QapiApiNamespace", "System.Tasks.Events");
        Assert.That(Project.Errors(project.Sources().Values), Is.Empty);
    }

    [TestCase("Types")]
    [TestCase("Types,Client")]
    [TestCase("Types,Server")]
    [TestCase("Types,Api")]
    [TestCase("Types,Client,StreamJsonRpc")]
    public void Parts_compile_by_themselves(string parts) =>
        Assert.That(Project.Errors(Project.Rich().Set("_QapiEmit", parts).Sources().Values), Is.Empty);

    [Test]
    public void All_conditions_on_compiles() => Assert.That(
        Project.Errors(Project.Rich().Set("_QapiConditions", "CONFIG_ON,CONFIG_OFF").Sources().Values), Is.Empty);

    [Test]
    public void Schemas_that_the_language_allows_compile()
    {
        var sources = new List<string>();
        foreach (var name in RecordedCasesTests.Names)
        {
            var loaded = QapiSchema.Load(new DiskFiles(RecordedCasesTests.Directory), name + ".json").Schema;
            var space = "Case." + CSharpName.Pascal(name);
            var options = new EmitOptions(EmitParts.Types | EmitParts.Api, space, space + ".Api", new HashSet<string>(), []);
            if (loaded is null || ConditionCheck.Find(loaded, options) is not null)
                continue;
            sources.AddRange(SchemaEmitter.Emit(loaded, options).Select(file => file.Text));
        }
        Assert.That(sources, Has.Count.GreaterThan(400));
        Assert.That(Project.Errors(sources), Is.Empty);
    }
}
