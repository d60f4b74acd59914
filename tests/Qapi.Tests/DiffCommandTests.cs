using System.Text.Json;

namespace Qapi.Tests;

/// <summary>What <c>qapi diff</c> reads and prints.</summary>
public sealed class DiffCommandTests
{
    private const string Old = "{ 'command': 'stop', 'data': { '*now': 'bool' } }\n{ 'event': 'STOP' }\n";
    private const string New = "{ 'command': 'stop' }\n{ 'event': 'STOP', 'data': { 'why': 'str' } }\n";

    private string _directory = "";

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("qapi").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void Changes_are_listed_by_command_and_counted() =>
        Assert.That(Tool.Run("diff", Write("old.json", Old), Write("new.json", New)), Is.EqualTo((1, """
            command stop
              breaks  argument 'now' removed
            event STOP
              ok      data 'why' added, mandatory, str
            2 changes: 1 break clients, 0 may break them, 1 do not

            """, "")));

    [Test]
    public void Changes_that_break_nothing_exit_with_0() =>
        Assert.That(Tool.Run("diff", Write("old.json", ""), Write("new.json", New)).Status, Is.Zero);

    /// <summary>Comments and pragmas as they were in QEMU 2.9, 4.0 and 8.2, all refused by the rules of today.</summary>
    [TestCase("{ 'pragma': { 'doc-required': true } }\n")]
    [TestCase("{ 'pragma': { 'doc-required': true, 'returns-whitelist': [ 'x' ], 'name-case-whitelist': [ 'Y' ] } }\n")]
    [TestCase("##\n# @stop:\n#\n# Note: Stops.\n#\n# Example:\n#\n# -> { \"execute\": \"stop\" }\n##\n")]
    [TestCase("##\n# @stop:\n#\n# @later: not documented as an argument\n#\n# Since: 0.14.0\n##\n")]
    [TestCase("##\n# @other:\n##\n")]
    [TestCase("## junk\n# and more\n##\n")]
    public void Rules_for_comments_are_those_of_their_time(string before)
    {
        var old = Write("old.json", before + Old);
        Assert.That(Tool.Run("diff", old, Write("new.json", Old)), Is.EqualTo((0, "", "")));
        Assert.That(Tool.Run("diff", old, Write("new.json", New)).Output, Does.Contain("argument 'now' removed"));
        Assert.That(Tool.Run("check", old).Status, Is.EqualTo(1), "that is for 'check'");
    }

    [Test]
    public void No_change_prints_nothing() =>
        Assert.That(Tool.Run("diff", Write("old.json", Old), Write("new.json", Old)), Is.EqualTo((0, "", "")));

    [Test]
    public void Json_has_an_object_for_each_change()
    {
        var (_, output, _) = Tool.Run("diff", "--json", Write("old.json", Old), Write("new.json", New));
        using var changes = JsonDocument.Parse(output);
        Assert.That(changes.RootElement.GetArrayLength(), Is.EqualTo(2));
        Assert.That(changes.RootElement[0].EnumerateObject().Select(m => (m.Name, m.Value.GetString())), Is.EqualTo(
            ((string, string?)[])
            [
                ("meta-type", "command"), ("name", "stop"), ("path", "argument 'now'"), ("change", "removed"),
                ("impact", "breaks"), ("text", "removed"),
            ]));
        Assert.That(Tool.Run("diff", "--json", Write("old.json", Old), Write("new.json", Old)),
            Is.EqualTo((0, "[]\n", "")));
    }

    [Test]
    public void Conditions_of_one_side_compare_a_schema_with_itself()
    {
        string schema = Write("s.json", "{ 'command': 'stop', 'data': { '*x': 'int' } }\n{ 'event': 'STOP', 'if': 'V2' }\n{ 'event': 'GONE', 'if': { 'not': 'V2' } }\n");
        (int status, string output, _) = Tool.Run("diff", schema, schema, "--new-condition", "V2");
        Assert.That((status, output), Is.EqualTo((1, """
            event GONE
              breaks  removed
            event STOP
              ok      added
            2 changes: 1 break clients, 0 may break them, 1 do not

            """)));
        Assert.That(Tool.Run("diff", schema, schema, "--new-condition", "V2", "--old-condition", "V2").Output, Is.Empty);
    }

    [Test]
    public void Conditions_count_on_both_sides()
    {
        var off = Write("off.json", "{ 'command': 'a' }");
        var on = Write("on.json", "{ 'struct': 'Arg', 'data': { 'x': { 'type': 'int', 'if': 'X' } } }\n"
            + "{ 'command': 'a', 'data': 'Arg', 'boxed': true }");
        Assert.That(Tool.Run("diff", off, on).Output, Is.Empty);
        Assert.That(Tool.Run("diff", off, on, "--condition", "X").Output, Does.Contain("argument 'x' added"));
    }

    [TestCase("{0}")]
    [TestCase("{{\"return\": {0}, \"id\": \"libvirt-1\"}}")]
    [TestCase("# a log {{ of [ things\n-> {{\"execute\": \"query-qmp-schema\"}}\n"
        + "<- {{\"return\": {0}}}\r\n<- {{\"timestamp\": {{}}, \"event\": \"STOP\"}}\n{{\"return\": []}}\n")]
    public void Saved_replies_are_found(string form)
    {
        var schema = Write("schema.json", Old);
        var saved = Write("saved", string.Format(form, Tool.Run("introspect", schema).Output.TrimEnd()));
        Assert.That(Tool.Run("diff", saved, schema), Is.EqualTo((0, "", "")));
        Assert.That(Tool.Run("diff", saved, Write("new.json", New)).Status, Is.EqualTo(1));
    }

    [Test]
    public void Saved_replies_without_members_of_enums_are_understood()
    {
        const string Reply = """
            [{"name": "c", "meta-type": "command", "arg-type": "0", "ret-type": "1"},
             {"name": "0", "meta-type": "object", "members": [{"name": "a", "type": "2"}]},
             {"name": "1", "meta-type": "object", "members": []},
             {"name": "2", "meta-type": "enum", "values": ["x", "y"]}]
            """;
        var now = "{ 'enum': 'Enu', 'data': [ 'x' ] }\n{ 'command': 'c', 'data': { 'a': 'Enu' } }";
        Assert.That(Tool.Run("diff", Write("saved", Reply), Write("new.json", now)).Output,
            Does.Contain("breaks  argument 'a' value 'y' removed"));
    }

    [TestCase("{\"meta-type\": 1}", "no reply to query-qmp-schema in it")]
    [TestCase("[{\"meta-type\": \"command\"}]", "its reply to query-qmp-schema is damaged: ")]
    [TestCase("[{\"name\": \"a\", \"meta-type\": \"thing\"}]", "unknown meta-type 'thing'")]
    public void Damaged_replies_are_refused(string text, string message)
    {
        var saved = Write("saved", text);
        var (status, _, error) = Tool.Run("diff", saved, saved);
        Assert.That((status, error), Is.EqualTo((1, error)));
        Assert.That(error, Does.StartWith($"{saved}: {message}"));
    }

    [Test]
    public void Replies_that_lack_a_type_are_refused()
    {
        var saved = Write("saved",
            """[{"name": "c", "meta-type": "command", "arg-type": "0", "ret-type": "0"}]""");
        var (status, _, error) = Tool.Run("diff", saved, saved);
        Assert.That(status, Is.EqualTo(1));
        Assert.That(error, Does.StartWith("qapi: a type is used but not listed: ").And.Contain("'0'"));
    }

    [Test]
    public void Wrong_schemas_are_refused()
    {
        var wrong = Write("wrong.json", "{ 'command': [] }");
        Assert.That(Tool.Run("diff", wrong, wrong),
            Is.EqualTo((1, "", $"{wrong}:1: 'command' requires a string name\n")));
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }
}
