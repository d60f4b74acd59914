using Qmp.Shell.Tests.Support;

namespace Qmp.Shell.Tests;

/// <summary>The command line of the process.</summary>
[TestFixture, Parallelizable]
internal sealed class CommandLineTests
{
    [Test]
    public async Task Help_has_examples()
    {
        ShellRun run = await ShellRun.RunAsync("--help");
        Assert.That(run.Status, Is.Zero);
        Assert.That(run.Output, Does.Contain("-c query-status").And.Contain("Exit status: 0"));
        string examples = run.Output[run.Output.IndexOf("Examples:", StringComparison.Ordinal)..];
        Assert.That(examples.Split('\n').Max(l => l.Length), Is.LessThanOrEqualTo(80), "what a terminal shows");
        Assert.That((await ShellRun.RunAsync("conform", "--help")).Status, Is.Zero);
    }

    [TestCase("--nonsense")]
    [TestCase("a", "b", "--record", "x", "-c", "stop")]
    [TestCase("a", "-c")]
    [TestCase("a", "--wait", "soon")]
    [TestCase("a", "--timeout", "-1")]
    [TestCase("a", "-c", "x", "-f", "y")]
    [TestCase("tcp:nonsense", "-c", "x")]
    [TestCase("a", "-f", "/nothing/there")]
    [TestCase("conform", "a")]
    public async Task Bad_usage(params string[] arguments)
    {
        ShellRun run = await ShellRun.RunAsync(arguments);
        Assert.That(run.Status, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith("qmp-shell: "));
        Assert.That(run.Output, Is.Empty);
    }

    [Test]
    public async Task No_server()
    {
        ShellRun run = await ShellRun.RunAsync("-c", "query-status");
        Assert.That(run.Status, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith("qmp-shell: no SERVER is given, and QMP_SOCKET is not set"));
    }

    [Test]
    public async Task Nobody_listening()
    {
        ShellRun run = await ShellRun.RunAsync("/nothing/there", "-c", "query-status");
        Assert.That(run.Status, Is.EqualTo(1));
        Assert.That(run.Error, Does.StartWith("qmp-shell: /nothing/there: cannot connect: "));
    }
}
