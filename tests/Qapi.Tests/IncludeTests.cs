using Qapi.Model;

namespace Qapi.Tests;

public sealed class IncludeTests
{
    [Test]
    public void Error_in_an_include_shows_the_way_there()
    {
        var files = new MemoryFiles
        {
            ["top/schema.json"] = "# first\n{ 'include': 'parts/one.json' }",
            ["top/parts/one.json"] = "\n\n{ 'include': '../two.json' }",
            ["top/two.json"] = "{ 'command': 'Stop' }",
        };
        var error = QapiSchema.Load(files, "top/schema.json").Error!;
        Assert.That(error.Render(), Is.EqualTo("""
            In file included from top/schema.json:2:
            In file included from top/parts/one.json:3:
            top/parts/../two.json: In command 'Stop':
            top/parts/../two.json:1: name of command must not use uppercase or '_'
            """));
        Assert.That(error.IncludedFrom.Select(at => at.ToString()),
            Is.EqualTo((string[])["top/schema.json:2", "top/parts/one.json:3"]));
    }

    [TestCase("schema.json")]
    [TestCase("./schema.json")]
    [TestCase("../schemas/schema.json")]
    [TestCase("/schemas/schema.json")]
    public void Loop_is_found_however_the_file_is_named(string name)
    {
        var error = Load.Error($"{{ 'include': '{name}' }}");
        Assert.That(error, Is.EqualTo($"schema.json:1: inclusion loop for {name}"));
    }

    [Test]
    public void Longer_loop_is_reported_where_it_closes()
    {
        var files = new MemoryFiles
        {
            ["a.json"] = "{ 'include': 'b.json' }",
            ["b.json"] = "{ 'include': 'c.json' }",
            ["c.json"] = "{ 'include': 'b.json' }",
        };
        Assert.That(QapiSchema.Load(files, "a.json").Error!.Render(), Is.EqualTo("""
            In file included from a.json:1:
            In file included from b.json:1:
            c.json:1: inclusion loop for b.json
            """));
    }

    [Test]
    public void File_included_again_is_read_once_and_listed_twice()
    {
        var files = new MemoryFiles
        {
            ["schema.json"] = "{ 'include': 'a.json' }\n{ 'include': 'common.json' }\n{ 'command': 'last' }",
            ["a.json"] = "{ 'include': 'common.json' }\n{ 'command': 'middle' }",
            ["common.json"] = "{ 'command': 'first' }",
        };
        var schema = QapiSchema.Load(files, "schema.json").Schema!;
        Assert.That(schema.Commands.Select(command => command.Name),
            Is.EqualTo((string[])["first", "middle", "last"]));
        Assert.That(schema.Modules.Select(module => module.Name),
            Is.EqualTo((string[])["./builtin", "schema.json", "a.json", "common.json"]));
        Assert.That(schema.Modules[1].Items.OfType<SchemaInclude>().Select(include => include.Target.Name),
            Is.EqualTo((string[])["a.json", "common.json"]));
        Assert.That(schema.Commands.First().Module.Name, Is.EqualTo("common.json"));
    }

    [Test]
    public void Module_names_are_relative_to_the_root()
    {
        var files = new MemoryFiles
        {
            ["deep/down/schema.json"] = "{ 'include': 'parts/a.json' }\n{ 'include': '../b.json' }",
            ["deep/down/parts/a.json"] = "{ 'include': '../c.json' }",
            ["deep/down/c.json"] = "",
            ["deep/b.json"] = "",
        };
        var schema = QapiSchema.Load(files, "deep/down/schema.json").Schema!;
        Assert.That(schema.Modules.Select(module => module.Name),
            Is.EqualTo((string[])["./builtin", "schema.json", "parts/a.json", "c.json", "../b.json"]));
        Assert.That(schema.Modules[2].Path, Is.EqualTo("/schemas/deep/down/parts/a.json"));
    }

    [Test]
    public void Array_belongs_to_the_module_of_its_element()
    {
        var files = new MemoryFiles
        {
            ["schema.json"] = "{ 'command': 'list', 'returns': [ 'Span' ] }\n{ 'include': 'span.json' }",
            ["span.json"] = "{ 'struct': 'Span', 'data': { 'marks': [ 'int' ] } }",
        };
        var schema = QapiSchema.Load(files, "schema.json").Schema!;
        Assert.That(schema.Find("SpanList")!.Module.Name, Is.EqualTo("span.json"));
        Assert.That(schema.Find("intList")!.Module.Name, Is.EqualTo("./builtin"));
    }

    [Test]
    public void Types_may_be_used_before_their_file_is_included()
    {
        var files = new MemoryFiles
        {
            ["schema.json"] = "{ 'command': 'list', 'returns': 'Span' }\n{ 'include': 'span.json' }",
            ["span.json"] = "{ 'struct': 'Span', 'data': {} }",
        };
        Assert.That(QapiSchema.Load(files, "schema.json").Error?.Render(), Is.Null);
    }

    [Test]
    public void Pragma_of_an_include_holds_everywhere()
    {
        var files = new MemoryFiles
        {
            ["schema.json"] = "{ 'command': 'stop' }\n{ 'include': 'pragma.json' }",
            ["pragma.json"] = "{ 'pragma': { 'doc-required': true } }",
        };
        Assert.That(QapiSchema.Load(files, "schema.json").Error!.Message, Is.EqualTo("documentation comment required"));
    }
}
