using System.Diagnostics;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Client;
using Qmp.Shell.Tests.Support;
using Qmp.Types;

namespace Qmp.Shell.Tests.Watch;

/// <summary>Migrations between two servers, driven and watched by the shell.</summary>
[TestFixture(ServerKind.Emulator)]
[TestFixture(ServerKind.Qemu, Category = "Slow")]
[TestFixture(ServerKind.OlderQemu, Category = "Slow")]
[Parallelizable]
internal sealed class WatchTests(ServerKind kind)
{
    private TemporaryFolder _folder = null!;
    private LiveServer _source = null!;
    private LiveServer _destination = null!;

    private string Uri => $"unix:{_folder.File("stream")}";

    [SetUp]
    public async Task SetUp()
    {
        _folder = new TemporaryFolder();
        _source = await LiveServer.StartAsync(kind, _folder.File("src"));
        _destination = await LiveServer.StartAsync(kind, _folder.File("dst"), waitsForMigration: true);
    }

    [TearDown]
    public async Task TearDown()
    {
        if (_source is not null) await _source.DisposeAsync();
        if (_destination is not null) await _destination.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task A_migration_that_completes()
    {
        ShellRun listening = await RunAsync("dst", $"migrate-incoming uri={Uri}");
        Assert.That(listening.Status, Is.Zero, listening.Error);
        ShellRun run = await RunAsync("src", $"migrate --watch uri={Uri}", "query-status");
        Assert.That(run.Status, Is.Zero, run.Error);
        Assert.That(run.Lines, Has.Count.EqualTo(2));
        JToken info = JObject.Parse(run.Lines[0])["return"]!;
        Assert.That((string?)info["status"], Is.EqualTo("completed"));
        Assert.That((string?)JObject.Parse(run.Lines[1])["return"]!["status"], Is.EqualTo("postmigrate"));
        string last = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        Assert.That(last, Does.Match(
            @"^ +[\d.]+ s  completed  pass \d+  remaining 0 B  sends .*/s  dirties .*/s  downtime \d+ ms  gate open"));
        ShellRun arrived = await RunAsync("dst", "query-status");
        Assert.That((bool?)JObject.Parse(arrived.Lines[0])["return"]!["running"], Is.True);
    }

    [Test]
    public async Task A_migration_that_fails()
    {
        ShellRun run = await RunAsync("src", $"migrate --watch uri={Uri}", "query-status");
        Assert.That(run.Status, Is.EqualTo(1));
        Assert.That((string?)JObject.Parse(run.Lines.Single())["return"]!["status"], Is.EqualTo("failed"));
        Assert.That(run.Error, Does.Contain("qmp-shell: -c 1: The migration has failed: Failed to connect to "));
    }

    [Test]
    public async Task A_migration_that_is_refused()
    {
        ShellRun run = await RunAsync("src", "migrate --watch uri=nonsense:", "expect-error GenericError");
        Assert.That(run.Status, Is.Zero, run.Error);
    }

    [Test]
    public async Task A_pause_before_the_switchover_is_for_somebody_else_to_end()
    {
        await RunAsync("dst", $"migrate-incoming uri={Uri}");
        ShellRun prepared = await RunAsync(
            "src",
            "migrate-set-capabilities capabilities=[{'capability': 'pause-before-switchover', 'state': True}]");
        Assert.That(prepared.Status, Is.Zero, prepared.Error);
        Process shell = Start("src", $"migrate --watch uri={Uri}");
        try
        {
            await UntilAsync(shell.StandardError, "paused: waits for 'migrate-continue");
            shell.Kill();
        }
        finally
        {
            await shell.WaitForExitAsync().Guarded();
            shell.Dispose();
        }

        // Whoever comes next finds it waiting still.
        await using QmpConnection next = await _source.ConnectAsync().Guarded();
        var client = new MigrationClient(next);
        Assert.That(
            (await client.QueryMigrateAsync(new()).Guarded()).Status, Is.EqualTo(MigrationStatus.PreSwitchover));
        using EventSubscription events = next.Subscribe(e => e.Name == "MIGRATION");
        await client.MigrateContinueAsync(new() { State = MigrationStatus.PreSwitchover }).AsTask().Guarded();
        string status;
        do
        {
            status = (string)(await events.ReadAsync().Guarded()).Data!["status"]!;
        }
        while (status is not ("completed" or "failed"));
        Assert.That(status, Is.EqualTo("completed"));
    }

    [Test]
    public async Task An_interrupted_watch_cancels_the_migration()
    {
        await RunAsync("dst", $"migrate-incoming uri={Uri}");
        await RunAsync(
            "src",
            "migrate-set-capabilities capabilities=[{'capability': 'pause-before-switchover', 'state': True}]");
        using Process shell = Start("src", $"migrate --watch uri={Uri}");
        await UntilAsync(shell.StandardError, "paused: waits for 'migrate-continue");
        using (Process kill = Process.Start("kill", ["-INT", $"{shell.Id}"])) await kill.WaitForExitAsync().Guarded();
        string error = await shell.StandardError.ReadToEndAsync().Guarded();
        await shell.WaitForExitAsync().Guarded();
        Assert.That(error, Does.EndWith("qmp-shell: -c 1: interrupted; the migration was cancelled\n"));
        Assert.That(shell.ExitCode, Is.EqualTo(1));
        ShellRun after = await RunAsync("src", "query-migrate", "query-status");
        Assert.That((string?)JObject.Parse(after.Lines[0])["return"]!["status"], Is.EqualTo("cancelled"));
        Assert.That((bool?)JObject.Parse(after.Lines[1])["return"]!["running"], Is.True);
    }

    private static async Task UntilAsync(StreamReader reader, string text)
    {
        while (await reader.ReadLineAsync().Guarded() is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal)) return;
        }

        Assert.Fail($"the shell has not said '{text}'");
    }

    private Task<ShellRun> RunAsync(string server, params string[] commands) => ShellRun.RunAsync(
        [_folder.File(server), "--wait", "30", .. commands.SelectMany(c => new[] { "-c", c })]);

    // Tests that run in the background of a script ignore SIGINT, and what they start would inherit that.
    private Process Start(string server, string command) => Process.Start(
        new ProcessStartInfo(
            "env", ["--default-signal=INT", Programs.Shell, _folder.File(server), "--wait", "30", "-c", command])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
}
