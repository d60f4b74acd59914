using Qmp.Api;
using Qmp.Client;
using Qmp.Shell.Completion;
using Qmp.Shell.Interactive;
using Qmp.Shell.Output;
using Qmp.Shell.Session;
using Qmp.Shell.Terminal;
using Qmp.Shell.Tests.Support;
using Qmp.Types;

namespace Qmp.Shell.Tests.Session;

/// <summary>A user at a terminal, and a server: keys in, the screen out.</summary>
[TestFixture(ServerKind.Emulator)]
[TestFixture(ServerKind.Qemu, Category = "Slow")]
[TestFixture(ServerKind.OlderQemu, Category = "Slow")]
internal sealed class InteractiveShellTests(ServerKind kind)
{
    private const string Returned = "\n{\"return\": {}}\n(QEMU)";

    private TemporaryFolder _folder = null!;
    private LiveServer _server = null!;
    private ShellSession _session = null!;
    private FakeTerminal _terminal = null!;
    private LineEditor _editor = null!;

    [SetUp]
    public async Task SetUp()
    {
        _folder = new TemporaryFolder();
        _server = await LiveServer.StartAsync(
            kind, _folder.File("qmp"), more: ["-qmp", $"unix:{_folder.File("other")},server=on,wait=off"]);
        _terminal = new FakeTerminal(120);
        _editor = new LineEditor(_terminal, new History(null));
    }

    [TearDown]
    public async Task TearDown()
    {
        _editor?.Dispose();
        if (_session is not null) await _session.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task Commands_mistakes_and_leaving()
    {
        Task<int> shell = await StartAsync();
        await _terminal.UntilAsync(text => text.StartsWith("Connected to QEMU ", StringComparison.Ordinal)
            && text.EndsWith("Ctrl-D leaves.\n(QEMU)", StringComparison.Ordinal));
        await TypeAsync("migrate_cancel\r", Returned);
        await TypeAsync("migrate url=x\r", "\nmigrate: there is no 'url'; did you mean 'uri'?\n(QEMU)");
        await TypeAsync("cont x\r", "\ncolumn 6: KEY=VALUE is expected, not 'x'; cont takes no arguments\n(QEMU)");
        await TypeAsync("expect STOP\r", "\nexpect: it is for scripts; here, events are shown as they come\n(QEMU)");
        await TypeAsync("? exit\r", "\nexit\nleaves the shell; the server goes on\n(QEMU)");
        _terminal.Press("migrate uri=nonsense:\r");
        await _terminal.UntilAsync(text => text.Contains("\n{\"error\": {\"class\": \"GenericError\", \"desc\": \""));
        _terminal.Press("help migrate-pause\r");
        await _terminal.UntilAsync(text => text.Contains("\nmigrate-pause  [may run out of band]\n"));
        _terminal.Press("help\r");
        await _terminal.UntilAsync(text => text.Contains("Commands of this server:\n"));
        await TypeAsync("migrate_cancel \\\r", "\n...");
        await TypeAsync("\r", Returned);
        await TypeAsync("migrate uri=[\r", "\n...");
        await TypeAsync("\u0003", "^C\n(QEMU)");
        _terminal.Press("\u0004");
        Assert.That(await shell.Guarded(), Is.Zero);
        Assert.That(_terminal.IsRaw, Is.False);
    }

    [Test]
    public async Task Events_of_others_do_not_disturb_the_line()
    {
        Task<int> shell = await StartAsync();
        _terminal.Press("que");
        await _terminal.UntilAsync(text => text.EndsWith("(QEMU) que", StringComparison.Ordinal));
        await using QmpConnection other = await QmpConnection.ConnectUnixAsync(_folder.File("other")).Guarded();
        await other.ExecuteRawAsync("stop");
        await _terminal.UntilAsync(
            text => System.Text.RegularExpressions.Regex.IsMatch(text, @"\n\d\d:\d\d:\d\d\.\d{3} STOP\n\(QEMU\) que$"));
        _terminal.Press("ry-status\r");
        await _terminal.UntilAsync(text => text.Contains("\"status\": \"paused\""));
        _terminal.Press("exit\r");
        Assert.That(await shell.Guarded(), Is.Zero);
    }

    [Test]
    public async Task The_events_of_a_command_come_before_its_reply()
    {
        Task<int> shell = await StartAsync();
        await TypeAsync("stop\r", " STOP" + Returned);
        await TypeAsync("cont\r", " RESUME" + Returned);
        _terminal.Press("exit\r");
        await shell.Guarded();
    }

    [Test]
    public async Task Completion_knows_the_server()
    {
        Task<int> shell = await StartAsync();
        _editor.Complete = (text, cursor) =>
            new CommandCompleter(_session.Schema!, InteractiveShell.Builtins).Complete(text, cursor);
        await TypeAsync("query-statu\t", "(QEMU) query-status");
        _terminal.Press("\r");
        await _terminal.UntilAsync(text => text.Contains("\"status\": \"running\""));
        await TypeAsync("migrate-set-cap\t\t\tcap\tauto\t", "(QEMU) migrate-set-capabilities capabilities.0.capability=auto-converge");
        await TypeAsync("capabilities.0.s\tt\t\r", Returned);
        _terminal.Press("exit\r");
        await shell.Guarded();
    }

    [Test]
    public async Task Completion_knows_what_the_server_has()
    {
        Task<int> shell = await StartAsync();
        _editor.Complete = (text, cursor) =>
            new CommandCompleter(_session.Schema!, InteractiveShell.Builtins, new ServerNames(_session).Of).Complete(text, cursor);
        await TypeAsync("device_add dri\tpcie-root-p\tchas\t", "(QEMU) device_add driver=pcie-root-port chassis=");
        await TypeAsync("\u0003", "^C\n(QEMU)");
        await TypeAsync("qom-get path=/mach\tprop\tty\t", "(QEMU) qom-get path=/machine property=type");
        _terminal.Press("\r");
        await _terminal.UntilAsync(text => text.Contains("\"none-machine\""));
        _terminal.Press("exit\r");
        await shell.Guarded();
    }

    [Test]
    public async Task The_end_of_the_server_ends_the_shell()
    {
        Task<int> shell = await StartAsync();
        _terminal.Press("quit\r");
        Assert.That(await shell.Guarded(), Is.Zero);
        Assert.That(
            _terminal.Screen.Text, Does.EndWith("The connection has ended: the peer closed the connection."));
        Assert.That(_terminal.Screen.Text, Does.Contain(" SHUTDOWN {\"guest\": false, \"reason\": \"host-qmp-quit\"}\n"));
        Assert.That(_terminal.IsRaw, Is.False);
    }

    /// <summary>What was on the screen is not repeated, and what matters comes last.</summary>
    [Test]
    public async Task A_watched_migration_ends_with_its_result()
    {
        string uri = $"unix:{_folder.File("stream")}";
        await using LiveServer destination =
            await LiveServer.StartAsync(kind, _folder.File("dst"), waitsForMigration: true);
        await using (QmpConnection other = await destination.ConnectAsync().Guarded())
        {
            await other.ExecuteRawAsync("migrate-incoming", new() { ["uri"] = uri });
        }

        Task<int> shell = await StartAsync();
        _terminal.Press($"migrate --watch uri={uri}\r");
        await _terminal.UntilAsync(text => System.Text.RegularExpressions.Regex.IsMatch(
            text, @"\d MIGRATION_PASS are not listed\.\nThe migration has completed in [^\n]* passes\.\n\(QEMU\)$"));
        Assert.That(_terminal.Screen.Text, Does.Not.Contain("MIGRATION_PASS {"));
        Assert.That(_terminal.Screen.Text, Does.Contain(" MIGRATION {\"status\": \"completed\"}\n"));
        _terminal.Press("exit\r");
        Assert.That(await shell.Guarded(), Is.Zero);
    }

    [Test]
    public async Task A_key_has_the_guest_go_ahead()
    {
        byte[] noise = new byte[4 << 20];
        new Random(1).NextBytes(noise);
        await File.WriteAllBytesAsync(_folder.File("noise"), noise);
        await _server.DisposeAsync();
        _server = await LiveServer.StartAsync(
            kind,
            _folder.File("qmp"),
            more: ["-qmp", $"unix:{_folder.File("other")},server=on,wait=off", "-device", $"loader,file={_folder.File("noise")},addr=0,force-raw=on"]);
        string uri = $"unix:{_folder.File("stream")}";
        MigrateSetCapabilitiesArguments postcopy = new() { Capabilities = [new() { Capability = MigrationCapability.PostcopyRam, State = true }] };
        await using LiveServer destination =
            await LiveServer.StartAsync(kind, _folder.File("dst"), waitsForMigration: true);
        await using QmpConnection there = await destination.ConnectAsync().Guarded();
        await there.MigrateSetCapabilitiesAsync(postcopy);
        await there.MigrateIncomingAsync(new() { Uri = uri });
        Task<int> shell = await StartAsync();
        await using QmpConnection other = await QmpConnection.ConnectUnixAsync(_folder.File("other")).Guarded();
        await other.MigrateSetCapabilitiesAsync(postcopy);
        // By itself it would take minutes.
        await other.MigrateSetParametersAsync(new() { MaxBandwidth = 65536 });
        _terminal.Press($"migrate --watch uri={uri}\r");
        _terminal.Press("p");
        await _terminal.UntilAsync(text => System.Text.RegularExpressions.Regex.IsMatch(
            text, @"The migration has completed in [^\n]*, in postcopy, \d+ pages requested\.\n\(QEMU\)$"));
        _terminal.Press("exit\r");
        Assert.That(await shell.Guarded(), Is.Zero);
    }

    [Test]
    public async Task The_human_monitor()
    {
        Task<int> shell = await StartAsync(settings => settings with { HumanMonitor = true });
        await TypeAsync("info status\r", "\nVM status: running\n(HMP)");
        _terminal.Press("quit\r");
        Assert.That(await shell.Guarded(), Is.Zero);
    }

    private async Task<Task<int>> StartAsync(Func<ShellSettings, ShellSettings>? change = null)
    {
        var settings = new ShellSettings { Endpoint = _server.Endpoint, Wait = TimeSpan.FromSeconds(30) };
        settings = change?.Invoke(settings) ?? settings;
        _session = await ShellSession.OpenAsync(settings).Guarded();
        return new InteractiveShell(_session, settings, _editor, new Paint(false)).RunAsync();
    }

    private async Task TypeAsync(string keys, string end)
    {
        _terminal.Press(keys);
        await _terminal.UntilAsync(text => text.EndsWith(end, StringComparison.Ordinal));
    }
}
