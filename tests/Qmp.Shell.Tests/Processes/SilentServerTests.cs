using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Qmp.Shell.Tests.Support;

namespace Qmp.Shell.Tests.Processes;

/// <summary>Servers that say nothing, or something else than QMP.</summary>
[TestFixture, Parallelizable]
internal sealed class SilentServerTests
{
    private TemporaryFolder _folder = null!;
    private Socket _listener = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(new UnixDomainSocketEndPoint(_folder.File("qmp")));
        _listener.Listen(4);
    }

    [TearDown]
    public void TearDown()
    {
        _listener.Dispose();
        _folder.Dispose();
    }

    [Test]
    public async Task A_server_that_does_not_greet_is_given_up_in_time_and_explained()
    {
        long start = Stopwatch.GetTimestamp();
        ShellRun run = await ShellRun.RunAsync(_folder.File("qmp"), "--timeout", "0.5", "-c", "query-status");
        Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(TimeSpan.FromSeconds(9)), "the usual limit is 10 s");
        Assert.That(run.Status, Is.EqualTo(1));
        Assert.That(run.Error, Does.Contain("no greeting: nothing within 0.5 s; a monitor serves one client at a time, and another one may hold this one"));
    }

    [Test]
    public async Task Where_nobody_listens_the_reason_is_told_after_the_wait()
    {
        ShellRun run = await ShellRun.RunAsync(_folder.File("none"), "--wait", "0.1", "-c", "query-status");
        Assert.That(run.Status, Is.EqualTo(1));
        Assert.That(run.Error, Does.StartWith($"qmp-shell: {_folder.File("none")}: cannot connect: ").And.EndsWith("No such file or directory\n"));
    }

    [TestCase("QEMU 10.0.2 monitor - type 'help' for more information\r\n(qemu) ", "this is a human monitor")]
    [TestCase("HTTP/1.1 400 Bad Request\r\n\r\n", "this is a web server")]
    [TestCase("SSH-2.0-OpenSSH_9.2p1\r\n", "this is an SSH server")]
    [TestCase("{}\r\n", "it began with JSON that is no message of QMP's")]
    [TestCase("{\"QMP\": null}\r\n", "it began with JSON that is no message of QMP's")]
    [TestCase("{\"return\": {}}\r\n", "it began with a reply")]
    [TestCase("{\"error\": {\"class\": \"x\", \"desc\": \"y\"}}\r\n", "it began with an error")]
    [TestCase("[1]\r\n", "it began with JSON that is no message of QMP's")]
    public async Task What_greets_otherwise_is_described_in_words(string greeting, string words)
    {
        Task<ShellRun> running = ShellRun.RunAsync(_folder.File("qmp"), "-c", "query-status");
        using Socket client = await _listener.AcceptAsync().Guarded();
        client.Send(Encoding.UTF8.GetBytes(greeting));
        ShellRun run = await running;
        Assert.That(run.Status, Is.EqualTo(1));
        Assert.That(run.Error, Does.Contain(words).And.Not.Contain("Unknown"));
    }
}
