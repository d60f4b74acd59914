using System.Diagnostics;

namespace Qapi.Tests;

/// <summary>Files without an end, that nobody writes to, or far larger than any schema: an error in bounded time and memory.</summary>
public sealed class BoundedInputTests
{
    private string _directory = "";

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("qapi").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [TestCase("check")]
    [TestCase("introspect")]
    [TestCase("diff")]
    public void A_file_without_an_end_is_too_large(string command)
    {
        if (!File.Exists("/dev/zero"))
            Assert.Ignore("there is no /dev/zero");
        string[] arguments = command == "diff" ? [command, "/dev/zero", "/dev/null"] : [command, "/dev/zero"];
        var (status, output, error) = Tool.Run(arguments);
        Assert.That((status, output), Is.EqualTo((1, "")));
        Assert.That(error, Is.EqualTo("can't read schema file '/dev/zero': File too large: more than 64 MiB\n"));
    }

    [Test]
    public void An_include_without_an_end_is_too_large()
    {
        if (!File.Exists("/dev/zero"))
            Assert.Ignore("there is no /dev/zero");
        var root = Write("root.json", "{ 'include': '/dev/zero' }\n");
        var (status, _, error) = Tool.Run("check", root);
        Assert.That(status, Is.EqualTo(1));
        Assert.That(error, Is.EqualTo($"{root}:1: can't read include file '/dev/zero': File too large: more than 64 MiB\n"));
    }

    [Category("Slow")]
    [Test]
    public void Many_large_includes_are_too_large_together()
    {
        var blank = new string('\n', 60 << 20);
        var includes = Enumerable.Range(0, 6).Select(i => Write($"{i}.json", blank)).Select(f => $"{{ 'include': '{f}' }}\n");
        var root = Write("root.json", string.Concat(includes));
        var (status, _, error) = Tool.Run("check", root);
        Assert.That(status, Is.EqualTo(1));
        Assert.That(error, Does.StartWith($"{root}:5: can't read include file ").And.EndsWith(
            ": File too large: with it the schema has more than 256 MiB\n"));
    }

    [Category("Slow")]
    [Test]
    public void A_pipe_that_nobody_writes_to_is_given_up()
    {
        var pipe = MakePipe();
        var (status, _, error) = Tool.Run("check", pipe);
        Assert.That(status, Is.EqualTo(1));
        Assert.That(error, Is.EqualTo($"can't read schema file '{pipe}': nothing has come from it for 10 s\n"));
    }

    [TestCase("check")]
    [TestCase("diff")]
    public void A_pipe_is_read_once(string command)
    {
        var pipe = MakePipe();
        var writing = Task.Run(() => File.WriteAllText(pipe, "{ 'command': 'stop' }\n"));
        string[] arguments = command == "diff" ? [command, pipe, Write("new.json", "{ 'command': 'stop' }\n")] : [command, pipe];
        Assert.That(Tool.Run(arguments), Is.EqualTo((0, "", "")));
        Assert.That(writing.Wait(TimeSpan.FromSeconds(10)));
    }

    private string MakePipe()
    {
        if (!File.Exists("/usr/bin/mkfifo"))
            Assert.Ignore("there is no mkfifo");
        var path = Path.Combine(_directory, "pipe");
        using var make = Process.Start("/usr/bin/mkfifo", path);
        make.WaitForExit();
        return path;
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }
}
