using Qmp.Shell.Tests.Support;

namespace Qmp.Shell.Tests.Processes;

/// <summary>A server that the shell starts itself, and ends.</summary>
[TestFixture, Parallelizable]
internal sealed class StartedServerTests
{
    [Test]
    public async Task It_is_there_as_long_as_the_shell()
    {
        using var folder = new TemporaryFolder();
        ShellRun run = await ShellRun.RunAsync(
            "--start", "-c", "query-status", "-c", "query-name", "--",
            Programs.Find("qmpd"), "-M", "none", "-name", "started", "-pidfile", folder.File("pid"));
        Assert.That(run.Status, Is.Zero, run.Error);
        Assert.That(run.Lines, Has.Count.EqualTo(2));
        Assert.That(run.Lines[0], Does.Contain("running"));
        Assert.That(run.Lines[1], Does.Contain("started"));
        Assert.That(File.Exists(folder.File("pid")), Is.False, "it removes that when it ends");
    }

    [Test]
    public async Task What_it_says_when_it_does_not_start_is_told()
    {
        ShellRun run = await ShellRun.RunAsync("--start", "-c", "query-status", "--", Programs.Find("qmpd"), "-M", "nope");
        Assert.That(run.Status, Is.EqualTo(1));
        Assert.That(run.Error, Does.Contain("unsupported machine type").And.Not.Contain("Unhandled"));
        run = await ShellRun.RunAsync("--start", "-c", "query-status", "--", "/nonexistent/qemu");
        Assert.That(run.Status, Is.EqualTo(1));
        Assert.That(run.Error, Does.Contain("/nonexistent/qemu cannot be started"));
    }

    [Test]
    public async Task Without_it_words_that_look_like_options_are_none_of_the_servers() =>
        Assert.That((await ShellRun.RunAsync("-c", "query-status", "--", "vm", "-M", "none")).Status, Is.EqualTo(2));
}
