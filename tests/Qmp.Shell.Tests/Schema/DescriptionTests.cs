using Qmp.Shell.Tests.Support;

namespace Qmp.Shell.Tests.Schema;

/// <summary>What help says in words, by a server's schema and ours.</summary>
[TestFixture(ServerKind.Emulator)]
[TestFixture(ServerKind.Qemu, Category = "Slow")]
[Parallelizable]
internal sealed class DescriptionTests(ServerKind kind)
{
    private TemporaryFolder _folder = null!;
    private LiveServer _server = null!;

    [OneTimeSetUp]
    public async Task SetUp()
    {
        _folder = new TemporaryFolder();
        _server = await LiveServer.StartAsync(kind, _folder.File("qmp"));
    }

    [OneTimeTearDown]
    public async Task TearDown()
    {
        if (_server is not null) await _server.DisposeAsync();
        _folder.Dispose();
    }

    [TestCase("help downtime-limit", "downtime-limit: uint64", "in milliseconds, 0 to 2000000. Default: 300.")]
    [TestCase("help migrate-set-parameters downtime-limit", "  downtime-limit  int, optional", "in milliseconds, 0 to 2000000. Default: 300.")]
    [TestCase("help migrate-set-parameters", "migrate-set-parameters [announce-initial=…]", "in milliseconds, 0 to 2000000. Default:")]
    [TestCase("help query-status", "query-status", "returns:")]
    [TestCase("help postcopy-ram", "postcopy-ram: value of migrate-set-capabilities capabilities", "")]
    [TestCase("help MIGRATION", "event MIGRATION", "status")]
    [TestCase("help all", "query-status  ", "migrate-set-parameters ")]
    public async Task Help_has_words(string line, string start, string also)
    {
        ShellRun run = await ShellRun.RunAsync(_folder.File("qmp"), "--wait", "30", "-c", line);
        Assert.That(run.Status, Is.Zero, run.Error);
        string joined = string.Join(' ', run.Output.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        Assert.That(joined, Does.Contain(string.Join(' ', start.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Replace("uint64", "int")));
        Assert.That(joined, Does.Contain(also.Trim()));
    }

    [Test]
    public async Task An_argument_that_is_not_there_is_told()
    {
        ShellRun run = await ShellRun.RunAsync(_folder.File("qmp"), "--wait", "30", "-c", "help migrate-set-parameters downtime-limt");
        Assert.That(run.Status, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("there is no 'downtime-limt'; did you mean 'downtime-limit'?"));
    }
}
