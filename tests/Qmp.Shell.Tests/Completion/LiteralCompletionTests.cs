using Qmp.Shell.Completion;
using Qmp.Shell.Tests.Support;

namespace Qmp.Shell.Tests.Completion;

/// <summary>Completion within brackets, of paths, and of what the server has.</summary>
[TestFixture]
internal sealed class LiteralCompletionTests
{
    [TestCase("""blockdev-add {"dri""", "\"driver\": ")]
    [TestCase("""blockdev-add {'dri""", "'driver': ")]
    [TestCase("""blockdev-add {dri""", "")]
    [TestCase("""blockdev-add {"driver": """, "\"file\" \"nbd\" \"null\"")]
    [TestCase("""blockdev-add {"driver": "n""", "\"nbd\" \"null\"")]
    [TestCase("""blockdev-add {"driver": "nbd", "ser""", "\"server\": ")]
    [TestCase("""blockdev-add {"driver": "nbd", "server": {"h""", "\"host\": ")]
    [TestCase("""blockdev-add {"driver": "nbd", "driver""", "")]
    [TestCase("""blockdev-add driver=file cache={"direct": t""", "true")]
    [TestCase("""blockdev-add {"driver": "nbd" """, "")]
    [TestCase("""blockdev-add {"driver": "nbd"}""", "")]
    public void Within_brackets(string line, string expected) => Assert.That(Complete(line), Is.EqualTo(expected));

    [TestCase("""{"ex""", "\"execute\":  \"exec-oob\": ")]
    [TestCase("""{"execute": "set-s""", "\"set-speed\"")]
    [TestCase("""{'execute': 'set-s""", "'set-speed'")]
    [TestCase("""{"execute": "blockdev-add", """, "\"arguments\":  \"id\": ")]
    [TestCase("""{"execute": "blockdev-add", "arguments": {"dri""", "\"driver\": ")]
    [TestCase("""{"execute": "blockdev-add", "arguments": {"driver": "n""", "\"nbd\" \"null\"")]
    [TestCase("""{"arguments": {"dri""", "")]
    [TestCase("""{"execute": "nope", "arguments": {"dri""", "")]
    public void Within_requests_as_they_are_sent(string line, string expected) => Assert.That(Complete(line), Is.EqualTo(expected));

    [Test]
    public void Required_arguments_come_first_and_are_marked()
    {
        CompletionResult result = new CommandCompleter(TestSchema.Create(), []).Complete("set-speed ", 10);
        Assert.That(result.Candidates.Select(c => c.Text), Is.EqualTo(new[] { "value", "ratio", "hint" }));
        Assert.That(result.Candidates.Select(c => c.Label), Is.EqualTo(new[] { "value*", "ratio", "hint" }));
    }

    [Test]
    public void Names_of_files_where_a_path_begins()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("disk.img"), "");
        Directory.CreateDirectory(folder.File("dir"));
        string line = $"blockdev-add driver=file filename={folder.File("di")}";
        Assert.That(Complete(line), Is.EqualTo($"{folder.File("dir")}/ {folder.File("disk.img")}"));
    }

    [Test]
    public void Names_that_the_server_has()
    {
        var completer = new CommandCompleter(
            TestSchema.Create(), [], place => place is { Command: "blockdev-add", Argument: "node-name" } ? ["one", "two"] : []);
        CompletionResult result = completer.Complete("blockdev-add node-name=t", 24);
        Assert.That(result.Candidates.Select(c => c.Text), Is.EqualTo(new[] { "two" }));
    }

    [Test]
    public void What_is_sent_as_it_is_is_completed_all_the_same() =>
        Assert.That(Complete("!set-spe"), Is.EqualTo("set-speed"));

    private static string Complete(string line) => string.Join(
        ' ', new CommandCompleter(TestSchema.Create(), []).Complete(line, line.Length).Candidates.Select(c => c.Text));
}
