using System.Diagnostics;
using System.Text.Json.Nodes;
using Qmp.Conversations;
using Qmp.Conversations.Files;
using Qmp.Shell.Tests.Support;

namespace Qmp.Shell.Tests.Recording;

/// <summary>What is recorded with one emulator is replayed against others.</summary>
[Category("Slow")]
[TestFixture]
internal sealed class ConformTests
{
    private TemporaryFolder _folder = null!;
    private Process? _emulator;

    private string Socket => _folder.File("monitor.sock");

    private string Recording => _folder.File("talk.json");

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public async Task TearDown()
    {
        if (_emulator is not null)
        {
            _emulator.Kill();
            await _emulator.WaitForExitAsync().Guarded();
            _emulator.Dispose();
            _emulator = null;
        }

        _folder.Dispose();
    }

    [TestCase("qmpd", "qemu")]
    [TestCase("qemu", "qmpd")]
    [TestCase("qmpd", "qmpd")]
    public async Task Round_trip(string recorded, string replayed)
    {
        await RecordAsync(Program(recorded), "query-status", "stop", "expect STOP", "migrate uri=nonsense:",
            "expect-error GenericError", "query-version", $"migrate-incoming uri=unix:{_folder.File("x")}",
            "expect-error GenericError", "quit");
        ShellRun run = await ShellRun.RunAsync("conform", Recording, "-v", "--", Program(replayed));
        Assert.That(run.Status, Is.Zero, run.Output + run.Error);
        Assert.That(run.Lines[^1], Is.EqualTo("1 of 1 recordings as recorded"));
        Assert.That(run.Lines[0], Does.StartWith("same      ").And.EndsWith("/talk"));
    }

    [Test]
    public async Task What_is_recorded()
    {
        string[] more = ["-m", "1M", "-device", $"loader,file={_folder.File("image")},addr=0,force-raw=on"];
        await File.WriteAllTextAsync(_folder.File("image"), "contents");
        await RecordAsync(Programs.Qmpd, more, "stop", "query-version");
        Conversation conversation = ConversationFile.Load(Recording).Single();
        Assert.That(conversation.Name, Is.EqualTo("talk"));
        Assert.That(conversation.Notes, Is.Null);
        Assert.That(conversation.Vms.Single().Arguments, Is.EqualTo(
        [
            "-M", "none", "-nodefaults", "-display", "none", "-qmp", "unix:@RUN@/vm-qmp.sock,server=on,wait=off",
            "-m", "1M", "-device", "loader,file=@RUN@/image,addr=0,force-raw=on",
        ]));
        Assert.That(conversation.Steps[0], Is.TypeOf<ConnectStep>());
        Assert.That(
            conversation.Steps.OfType<SendStep>().Select(s => (string?)JsonNode.Parse(s.Text)!["execute"]),
            Is.EqualTo(["qmp_capabilities", "stop", "query-version"]), "not what the shell asks for itself");
        string[] received =
            [.. conversation.Steps.OfType<ReceiveStep>().Select(s => s.Message!.Value.GetRawText())];
        Assert.That(received[0], Does.Contain("\"version\":\"@VER@\""));
        Assert.That(received[2], Is.EqualTo("""{"timestamp":"@TS@","event":"STOP"}"""));
        Assert.That(received[4], Does.StartWith("""{"return":"@VER@","""));
    }

    [Test]
    public async Task A_difference_is_told()
    {
        await RecordAsync(Programs.Qmpd, "query-status");
        string text = await File.ReadAllTextAsync(Recording);
        await File.WriteAllTextAsync(Recording, text.Replace("\"running\":true", "\"running\":false", StringComparison.Ordinal));
        ShellRun run = await ShellRun.RunAsync("conform", _folder.Path, "--", Programs.Qmpd);
        Assert.That(run.Status, Is.EqualTo(1));
        Assert.That(run.Lines[0], Does.StartWith("different ").And.Contain("$.return.running: expected false, got true"));
        Assert.That(run.Lines[^1], Is.EqualTo("0 of 1 recordings as recorded"));
    }

    [Test]
    public async Task An_emulator_that_does_not_start_is_told()
    {
        await RecordAsync(Programs.Qmpd, "query-status");
        ShellRun run = await ShellRun.RunAsync("conform", Recording, "--", _folder.File("nothing"));
        Assert.That(run.Status, Is.EqualTo(1));
        Assert.That(run.Lines[0], Does.StartWith("no start  "));
    }

    [TestCase("nothing.json")]
    [TestCase("empty")]
    [TestCase("wrong.json")]
    public async Task What_is_no_recording(string name)
    {
        Directory.CreateDirectory(_folder.File("empty"));
        await File.WriteAllTextAsync(_folder.File("wrong.json"), "{}");
        ShellRun run = await ShellRun.RunAsync("conform", _folder.File(name), "--", Programs.Qmpd);
        Assert.That(run.Status, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith("qmp-shell: "));
    }

    [Test]
    public async Task Only_some_of_them()
    {
        await RecordAsync(Programs.Qmpd, "query-status");
        ShellRun none = await ShellRun.RunAsync("conform", Recording, "-k", "other", "--", Programs.Qmpd);
        Assert.That(none.Status, Is.EqualTo(2));
        ShellRun one = await ShellRun.RunAsync("conform", Recording, "-k", "/talk", "--bytes", "--", Programs.Qmpd);
        Assert.That(one.Status, Is.Zero, one.Output);
    }

    private static string Program(string kind) => kind == "qemu" ? Qemu.Require() : Programs.Qmpd;

    private Task RecordAsync(string program, params string[] commands) => RecordAsync(program, [], commands);

    private async Task RecordAsync(string program, string[] more, params string[] commands)
    {
        _emulator = Process.Start(
            program,
            ["-M", "none", "-nodefaults", "-display", "none", "-qmp", $"unix:{Socket},server=on,wait=off", .. more]);
        ShellRun run = await ShellRun.RunAsync(
            [Socket, "--wait", "30", "--record", Recording, .. commands.SelectMany(c => new[] { "-c", c })]);
        Assert.That(run.Status, Is.Zero, run.Error);
    }
}
