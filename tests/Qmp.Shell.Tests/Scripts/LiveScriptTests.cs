using System.Diagnostics;
using Newtonsoft.Json.Linq;
using Qmp.Client;
using Qmp.Shell.Tests.Support;

namespace Qmp.Shell.Tests.Scripts;

/// <summary>Scripts as processes, against servers that are no test doubles.</summary>
[TestFixture(ServerKind.Emulator)]
[TestFixture(ServerKind.Qemu, Category = "Slow")]
[TestFixture(ServerKind.OlderQemu, Category = "Slow")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.All)]
internal sealed class LiveScriptTests(ServerKind kind)
{
    private TemporaryFolder _folder = null!;
    private LiveServer _server = null!;
    private string _socket = null!;

    [SetUp]
    public async Task SetUp()
    {
        _folder = new TemporaryFolder();
        _socket = _folder.File("qmp");
        _server = await LiveServer.StartAsync(kind, _socket);
    }

    [TearDown]
    public async Task TearDown()
    {
        if (_server is not null) await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task A_command()
    {
        ShellRun run = await RunAsync("query-status");
        Assert.That(run.Error, Is.Empty);
        Assert.That(run.Status, Is.Zero);
        var reply = JObject.Parse(run.Lines.Single());
        Assert.That(reply.Properties().Select(p => p.Name), Is.EqualTo(["return"]));
        Assert.That((string?)reply["return"]!["status"], Is.EqualTo("running"));
    }

    [Test]
    public async Task Replies_come_one_a_line_and_events_where_they_are_expected()
    {
        ShellRun run = await RunAsync(
            "stop", "cont", "stop", "expect STOP", "expect RESUME 500ms", "expect STOP 1", "query-status");
        Assert.That(run.Status, Is.Zero, run.Error);
        Assert.That(
            run.Lines.Select(l => JObject.Parse(l)).Select(m => (string?)m["event"] ?? "return"),
            Is.EqualTo(["return", "return", "return", "STOP", "RESUME", "STOP", "return"]));
    }

    [Test]
    public async Task An_error_ends_the_script()
    {
        ShellRun run = await RunAsync("cont", "migrate_cancel", "migrate uri=nonsense:", "query-status");
        Assert.That(run.Status, Is.EqualTo(1));
        Assert.That(run.Lines, Has.Count.EqualTo(3));
        Assert.That((string?)JObject.Parse(run.Lines[2])["error"]!["class"], Is.EqualTo("GenericError"));
        Assert.That(run.Error, Does.StartWith("qmp-shell: -c 4: migrate: "));
    }

    [Test]
    public async Task An_error_that_is_expected_does_not()
    {
        ShellRun run = await RunAsync("migrate uri=nonsense:", "expect-error GenericError", "query-status");
        Assert.That(run.Status, Is.Zero, run.Error);
        Assert.That(run.Lines, Has.Count.EqualTo(2));
    }

    [TestCase("migrate uri=nonsense:|expect-error DeviceNotFound", "but DeviceNotFound was expected")]
    [TestCase("stop|expect-error GenericError", "stop: it succeeded, but GenericError was expected")]
    [TestCase("expect-error GenericError", "there is no command before it")]
    [TestCase("expect STOP 50ms", "STOP did not come within 0.05 s")]
    [TestCase("cont|expect STOP 50ms", "STOP did not come within 0.05 s")]
    [TestCase("stop|expect SHUTDOWN guest=on 50ms", "SHUTDOWN with {\"guest\":true} did not come within 0.05 s; came instead: STOP")]
    public async Task What_does_not_happen_ends_it(string script, string message)
    {
        ShellRun run = await RunAsync(script.Split('|'));
        Assert.That(run.Status, Is.EqualTo(1));
        Assert.That(run.Error, Does.Contain(message));
    }

    [TestCase("query-statu", "query-statu: the server has no such command; did you mean 'query-status'?")]
    [TestCase("migrate url=x", "migrate: there is no 'url'; did you mean 'uri'?")]
    [TestCase("migrate-set-parameters max-bandwidth=fast", "'max-bandwidth' is to be an integer, not 'fast'")]
    [TestCase("migrate-continue state=device-ish", "'state' is to be one of ")]
    [TestCase("migrate-continue", "'state' is missing")]
    [TestCase("expect STOPP", "the server has no event 'STOPP'; did you mean 'STOP'?")]
    [TestCase("expect STOP soon", "'soon' is no time")]
    [TestCase("expect STOP foo=1", "expect: STOP: it has no data, and so no 'foo'")]
    [TestCase("expect MIGRATION stats=completed", "expect: MIGRATION: there is no 'stats'; did you mean 'status'?")]
    [TestCase("expect MIGRATION status=complete", "did you mean 'completed'?")]
    [TestCase("expect MIGRATION {'status': 'complete'} 5s", "did you mean 'completed'?")]
    [TestCase("expect SHUTDOWN guest=maybe", "expect: SHUTDOWN: 'guest' is to be true or false, not 'maybe'")]
    [TestCase("expect-error GenericErr", "expect-error: there is no class 'GenericErr'; did you mean 'GenericError'?")]
    [TestCase("expect-error Nonsense", "expect-error: there is no class 'Nonsense'; there are GenericError, CommandNotFound, ")]
    [TestCase("expect", "the name of an event is missing")]
    [TestCase("expect-error", "one class is expected")]
    [TestCase("query-status x", "column 14: KEY=VALUE is expected, not 'x'; query-status takes no arguments")]
    [TestCase("migrate unix:x", "column 9: KEY=VALUE is expected, not 'unix:x'; usage: migrate ")]
    [TestCase("migrate-set-parameters 5", "not '5'; 'help migrate-set-parameters' lists the arguments")]
    [TestCase("info status",
        "-c 1: info: the server has no such command; 'help' lists them, those of the human monitor need 'qmp-shell -H'")]
    [TestCase("migrate uri={", "the last command has no end")]
    [TestCase("transaction(", "the last command has no end")]
    [TestCase("query-status --watch", "only migrate has a course to watch")]
    public async Task What_is_wrong_with_a_script_is_never_sent(string script, string message)
    {
        ShellRun run = await RunAsync(script);
        Assert.That(run.Status, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain(message));
        Assert.That(run.Output, Is.Empty);
    }

    [Test]
    public async Task Standard_input_is_a_script()
    {
        ShellRun run = await ShellRun.RunAsync(
            """
            # Comments, empty lines,

            migrate-set-parameters {
              "downtime-limit": 100
            }
            migrate-set-capabilities \
              capabilities.0.capability=events capabilities.0.state=on
            query-migrate-parameters
            exit
            nonsense
            """,
            [_socket, "--wait", "30"]);
        Assert.That(run.Status, Is.Zero, run.Error);
        Assert.That(run.Lines, Has.Count.EqualTo(3));
        Assert.That((int?)JObject.Parse(run.Lines[2])["return"]!["downtime-limit"], Is.EqualTo(100));
    }

    [Test]
    public async Task A_file_is_a_script()
    {
        string file = _folder.File("script");
        await File.WriteAllTextAsync(file, "query-status\n\nnonsense\n");
        ShellRun run = await ShellRun.RunAsync(_socket, "--wait", "30", "-f", file);
        Assert.That(run.Status, Is.EqualTo(2));
        Assert.That(run.Error, Is.EqualTo($"qmp-shell: {file}:3: nonsense: the server has no such command; 'help' lists them, "
            + "those of the human monitor need 'qmp-shell -H'\n"));
    }

    [Test]
    public async Task Quitting_is_success()
    {
        ShellRun run = await RunAsync("quit");
        Assert.That(run.Status, Is.Zero, run.Error);
        Assert.That(run.Output, Is.EqualTo("{\"return\": {}}\n"));
    }

    [Test]
    public async Task What_comes_after_the_end_of_the_server_fails()
    {
        ShellRun run = await RunAsync("quit", "expect SHUTDOWN reason=host-qmp-quit", "expect STOP");
        Assert.That(run.Status, Is.EqualTo(1));
        Assert.That(run.Error, Does.StartWith("qmp-shell: -c 3: STOP did not come: "));
    }

    [Test]
    public async Task The_human_monitor()
    {
        ShellRun run = await ShellRun.RunAsync(_socket, "--wait", "30", "-H", "-c", "stop", "-c", "info status");
        Assert.That(run.Status, Is.Zero, run.Error);
        Assert.That(run.Output, Is.EqualTo("VM status: paused\n"));
    }

    [Test]
    public async Task Help()
    {
        ShellRun run = await RunAsync("help migrate_cancel", "help STOP", "help migrate-pause", "help exit");
        Assert.That(run.Status, Is.Zero, run.Error);
        Assert.That(
            run.Lines.Where(l => l.StartsWith("m") || l.StartsWith("e") || l.StartsWith("l")).Where(l => !l.StartsWith("errors") && !l.StartsWith("end")),
            Is.SupersetOf(new[]
            {
                "migrate_cancel", "event STOP", "migrate-pause  [may run out of band]", "exit",
                "leaves the shell; the server goes on",
            }));
        Assert.That(run.Lines, Does.Contain("Cancel the outgoing migration. Returns at once, and succeeds even if there is"));
        ShellRun all = await RunAsync("help");
        Assert.That(all.Status, Is.Zero, all.Error);
        Assert.That(all.Output, Does.Contain("\nhelp COMMAND ").And.Contain("\nCommands of this server:\n"));
    }

    [Test]
    public async Task Pretty_and_verbose()
    {
        ShellRun run = await ShellRun.RunAsync(_socket, "--wait", "30", "-p", "-v", "-c", "query-status", "-c", "{'execute': 'query-name', 'id': 7}");
        Assert.That(run.Status, Is.Zero, run.Error);
        Assert.That(run.Output, Does.StartWith("{\n    \"return\": {\n        \"running\": true,\n"));
        Assert.That(run.Output, Does.EndWith("{\n    \"id\": 7,\n    \"return\": {\n    }\n}\n"));
        Assert.That(run.Error, Does.Contain("{\n    \"execute\": \"query-status\"\n}\n"));
        Assert.That(run.Error, Does.Match("^(qmp-shell: .* cannot be reached yet: .*\n)*qmp-shell: Connected to "));
    }

    [Test]
    public async Task Out_of_band()
    {
        // In band nothing is answered while the machine waits for the other end of a FIFO.
        string fifo = _folder.File("fifo");
        using (Process make = Process.Start("mkfifo", fifo)) await make.WaitForExitAsync().Guarded();
        string[] sockets = [.. Enumerable.Range(0, 3).Select(i => _folder.File($"qmp{i}"))];
        await using LiveServer server = await LiveServer.StartAsync(
            kind, sockets[0], more: [.. sockets[1..].SelectMany(s => new[] { "-qmp", $"unix:{s},server=on,wait=off" })]);
        await using QmpConnection holder = await QmpConnection.ConnectUnixAsync(sockets[1]).Guarded();
        await using QmpConnection watcher = await QmpConnection.ConnectUnixAsync(sockets[2]).Guarded();
        await using RunningShell shell = RunningShell.Start(sockets[0], "--timeout", "30");
        await shell.TypeAsync("query-status\n");
        Assert.That(await shell.ReadLineAsync(), Does.StartWith("{\"return\""));
        Task holding = holder.ExecuteRawAsync("pmemsave", new JObject
        {
            ["val"] = 0, ["size"] = 4096, ["filename"] = fifo,
        }).AsTask();
        await UntilHeldAsync(watcher);
        await shell.TypeAsync("{'exec-oob': 'migrate-pause'}\nexpect-error GenericError\nexit\n");
        Assert.That(await shell.ReadLineAsync(), Does.StartWith("{\"error\": {\"class\": \"GenericError\""));
        Assert.That(await shell.EndAsync(), Is.Zero);
        Assert.That(holding.IsCompleted, Is.False, "all of that happened meanwhile");
        using FileStream reader = File.OpenRead(fifo);
        await holding.Guarded();
    }

    private static async Task UntilHeldAsync(QmpConnection watcher)
    {
        var limit = new QmpCallOptions { Timeout = TimeSpan.FromSeconds(1) };
        try
        {
            while (true) await watcher.ExecuteRawAsync("query-status", options: limit);
        }
        catch (QmpTimeoutException)
        {
            // That is it.
        }
    }

    /// <summary>All help there is must be sayable: every command and event of a real server.</summary>
    [Test]
    public async Task Help_for_everything_that_the_server_has()
    {
        ShellRun all = await RunAsync("query-qmp-schema");
        string[] names =
        [
            .. JObject.Parse(all.Lines[0])["return"]!
                .Where(e => (string?)e["meta-type"] is "command" or "event").Select(e => (string)e["name"]!),
        ];
        ShellRun run = await ShellRun.RunAsync(string.Concat(names.Select(n => $"help {n}\n")), [_socket, "--wait", "30"]);
        Assert.That(run.Status, Is.Zero, run.Error);
        Assert.That(names, Has.Length.GreaterThan(40));
        Assert.That(run.Lines.Count(l => l[0] != ' ' && !l.EndsWith(':')), Is.GreaterThanOrEqualTo(names.Length));
    }

    private Task<ShellRun> RunAsync(params string[] commands) =>
        ShellRun.RunAsync([_socket, "--wait", "30", .. commands.SelectMany(c => new[] { "-c", c })]);
}
