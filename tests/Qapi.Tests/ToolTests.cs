namespace Qapi.Tests;

public sealed class ToolTests
{
    [Test]
    public void Right_schema_says_nothing() =>
        Assert.That(Tool.Run("check", Case("doc-x-ok")), Is.EqualTo((0, "", "")));

    [Test]
    public void Wrong_schema_names_the_file_as_given()
    {
        var file = Case("base-bool");
        Assert.That(Tool.Run("check", file), Is.EqualTo((1, "",
            $"{file}: In struct 'Foo':\n{file}:1: 'base' should be a type name\n")));
    }

    [Test]
    public void Dump_prints_what_is_defined() =>
        Assert.That(Tool.Run("check", "--dump", Case("enum-prefix-ok")).Output, Does.Contain("prefix anything goes\n"));

    [Test]
    public void Absent_file_is_a_schema_error() =>
        Assert.That(Tool.Run("check", "/nowhere/schema.json"),
            Is.EqualTo((1, "", "can't read schema file '/nowhere/schema.json': No such file or directory\n")));

    [Test]
    public void Directory_is_a_schema_error() =>
        Assert.That(Tool.Run("check", RecordedCasesTests.Directory).Error, Does.EndWith(": Is a directory\n"));

    [Test]
    public void File_name_may_start_with_an_at_sign() =>
        Assert.That(Tool.Run("check", "@schema.json").Error, Does.StartWith("can't read schema file '@schema.json'"));

    [TestCase]
    [TestCase("check")]
    [TestCase("frobnicate")]
    [TestCase("check", "--frobnicate")]
    [TestCase("check", "a.json", "b.json")]
    [TestCase("introspect", "a.json", "--condition")]
    [TestCase("generate", "a.json", "--output", "out")]
    [TestCase("generate", "a.json", "--namespace", "N")]
    [TestCase("diff", "a.json")]
    [TestCase("diff", "a.json", "--frobnicate")]
    public void Wrong_usage_exits_with_2(params string[] arguments)
    {
        var (status, output, error) = Tool.Run(arguments);
        Assert.That((status, output), Is.EqualTo((2, "")));
        Assert.That(error, Does.StartWith("qapi: ").And.EndsWith("Try 'qapi --help'.\n"));
    }

    [TestCase("check", "qapi check schema/root.json")]
    [TestCase("introspect", "qapi introspect schema/root.json --condition CONFIG_LINUX --unmask")]
    [TestCase("generate",
        "qapi generate schema/root.json --output Generated --namespace Sample --condition CONFIG_LINUX")]
    [TestCase("diff", "qapi diff qemu-9.2-schema.json schema/root.json --condition CONFIG_LINUX")]
    public void Help_has_an_example(string command, string example)
    {
        var (status, output, _) = Tool.Run(command, "--help");
        Assert.That(status, Is.EqualTo(0));
        Assert.That(output, Does.EndWith($"Example:\n  {example}\n"));
        Assert.That(Tool.Run("--help").Output, Does.Contain($"  {example}\n"));
    }

    [Test]
    public void Introspection_follows_conditions()
    {
        var file = Case("if-digit-ok");
        Assert.That(Tool.Run("introspect", file).Output, Is.EqualTo(
            "[{\"name\": \"0\", \"meta-type\": \"object\", \"members\": []}]\n"));
        Assert.That(Tool.Run("introspect", file, "--condition", "A1_", "--unmask").Output, Is.EqualTo(
            "[{\"name\": \"foo\", \"meta-type\": \"command\", \"arg-type\": \"q_empty\", \"ret-type\": \"q_empty\"}, "
            + "{\"name\": \"q_empty\", \"meta-type\": \"object\", \"members\": []}]\n"));
        Assert.That(Tool.Run("introspect", file, "--condition", "A1_", "--condition", "B").Output,
            Does.Not.Contain("foo"));
    }

    private static string Case(string name) => Path.Combine(RecordedCasesTests.Directory, name + ".json");
}
