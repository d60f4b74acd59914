using Newtonsoft.Json.Linq;
using Qmp.Shell.Tests.Support;

namespace Qmp.Shell.Tests.Scripts;

/// <summary>Scripts that are checked whole, that send what is not known, and that talk to several servers.</summary>
[TestFixture, Parallelizable]
internal sealed class WholeScriptTests
{
    private TemporaryFolder _folder = null!;
    private LiveServer _source = null!;
    private LiveServer _destination = null!;

    [SetUp]
    public async Task SetUp()
    {
        _folder = new TemporaryFolder();
        _source = await LiveServer.StartAsync(ServerKind.Emulator, _folder.File("src.qmp"));
        _destination = await LiveServer.StartAsync(ServerKind.Emulator, _folder.File("dst.qmp"), waitsForMigration: true);
    }

    [TearDown]
    public async Task TearDown()
    {
        if (_source is not null) await _source.DisposeAsync();
        if (_destination is not null) await _destination.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task All_mistakes_are_told_before_anything_is_sent()
    {
        ShellRun run = await RunScriptAsync("stop\nqurey-status\nmigrate url=x\nexpect NOTHING\ncont\n", "--check");
        Assert.That(run.Status, Is.EqualTo(2));
        Assert.That(run.Output, Is.Empty);
        Assert.That(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(3));
        Assert.That(run.Error, Does.StartWith("qmp-shell: -:2: qurey-status: the server has no such command; did you mean 'query-status'?"));
        Assert.That(await IsRunningAsync(), Is.True);
    }

    [TestCase("expect MIGRATION status=complete")]
    [TestCase("expect MIGRATION stats=completed")]
    [TestCase("expect STOP foo=1")]
    [TestCase("expect-error GenericErr")]
    public async Task What_is_expected_is_checked_before_anything_is_sent(string line)
    {
        ShellRun run = await RunScriptAsync($"stop\n{line}\n", "--check");
        Assert.That(run.Status, Is.EqualTo(2), run.Output);
        Assert.That(run.Error, Does.StartWith($"qmp-shell: -:2: {line.Split(' ')[0]}: "));
        Assert.That(await IsRunningAsync(), Is.True);
    }

    [TestCase("--check", false)]
    [TestCase("--dry-run", true)]
    [TestCase("-n", true)]
    public async Task A_script_that_makes_sense_runs_unless_it_is_not_to(string option, bool runs)
    {
        ShellRun run = await RunScriptAsync("stop\nexpect STOP\n", option);
        Assert.That(run.Status, Is.Zero, run.Error);
        Assert.That(await IsRunningAsync(), Is.EqualTo(runs));
    }

    [Test]
    public async Task What_is_not_known_is_sent_on_demand()
    {
        ShellRun run = await RunScriptAsync("!foo bar=1\nexpect-error CommandNotFound\n!{\"execute\": \"query-status\"}\n", "--check");
        Assert.That(run.Status, Is.Zero, run.Error);
        Assert.That((string?)JObject.Parse(run.Lines[0])["error"]!["desc"], Is.EqualTo("The command foo has not been found"));
    }

    [Test]
    public async Task Two_servers_in_one_script()
    {
        string uri = $"unix:{_folder.File("mig")}";
        ShellRun run = await ShellRun.RunAsync(
            $"@dst migrate-incoming uri={uri}\n@src\nmigrate --watch uri={uri}\n@dst query-status\nquery-status\n@other stop\n",
            [_folder.File("src.qmp"), _folder.File("dst.qmp"), "--wait", "30"]);
        Assert.That(run.Status, Is.EqualTo(2));
        Assert.That(run.Error, Does.EndWith("@other: there is no such server; there are @src, @dst\n"));
        Assert.That((string?)JObject.Parse(run.Lines[2])["return"]!["status"], Is.EqualTo("running"));
        Assert.That((string?)JObject.Parse(run.Lines[3])["return"]!["status"], Is.EqualTo("postmigrate"));
    }

    [Test]
    public async Task A_migration_of_somebody_else_is_followed()
    {
        string uri = $"unix:{_folder.File("mig")}";
        ShellRun run = await ShellRun.RunAsync(
            "watch\n", [_folder.File("src.qmp"), "--wait", "30"]);
        Assert.That((run.Status, run.Error), Is.EqualTo((2, "qmp-shell: -:1: watch: no migration is under way\n")));
        run = await ShellRun.RunAsync(
            $"@dst migrate-incoming uri={uri}\nmigrate uri={uri}\nwatch\n", [_folder.File("src.qmp"), _folder.File("dst.qmp"), "--wait", "30"]);
        Assert.That(run.Status, Is.Zero, run.Error);
        Assert.That((string?)JObject.Parse(run.Lines[2])["return"]!["status"], Is.EqualTo("completed"));
        Assert.That(run.Error, Does.Contain("completed  pass"));
    }

    [Test]
    public async Task A_domain_of_libvirt_is_asked_through_virsh()
    {
        // Stands for virsh: it knows a domain "vm" and hands messages to a monitor.
        string bin = _folder.File("bin");
        Directory.CreateDirectory(bin);
        string virsh = Path.Combine(bin, "virsh");
        await File.WriteAllTextAsync(virsh, $$"""
            #!/bin/sh
            if [ "$1" = qemu-monitor-event ]; then
              echo "2026-01-31 10:00:00.123+0000: event STOP for domain 'vm': <null>"
              exec sleep 60
            fi
            [ "$2" = vm ] || { echo "error: failed to get domain '$2'" >&2; exit 1; }
            exec "{{Programs.Shell}}" "{{_folder.File("src.qmp")}}" --wait 30 -c "!$3"
            """);
#pragma warning disable CA1416 // nothing here is for Windows
        File.SetUnixFileMode(virsh, UnixFileMode.UserRead | UnixFileMode.UserExecute);
#pragma warning restore CA1416
        var path = new Dictionary<string, string> { ["PATH"] = $"{bin}:{Environment.GetEnvironmentVariable("PATH")}" };
        ShellRun run = await ShellRun.RunAsync("query-status\nexpect STOP\n", ["virsh:vm"], path);
        Assert.That(run.Status, Is.Zero, run.Error);
        Assert.That((string?)JObject.Parse(run.Lines[0])["return"]!["status"], Is.EqualTo("running"));
        ShellRun other = await ShellRun.RunAsync("query-status\n", ["virsh:other"], path);
        Assert.That((other.Status, other.Error), Is.EqualTo((1, "qmp-shell: other: cannot connect: virsh: failed to get domain 'other'\n")));
    }

    private Task<ShellRun> RunScriptAsync(string script, string option) =>
        ShellRun.RunAsync(script, [_folder.File("src.qmp"), "--wait", "30", option]);

    private async Task<bool?> IsRunningAsync()
    {
        ShellRun run = await ShellRun.RunAsync(_folder.File("src.qmp"), "--wait", "30", "-c", "query-status");
        return (bool?)JObject.Parse(run.Lines[0])["return"]!["running"];
    }
}
