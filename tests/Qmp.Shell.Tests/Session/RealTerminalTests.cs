using System.Diagnostics;
using System.Text;
using Qmp.Client;
using Qmp.Shell.Tests.Support;

namespace Qmp.Shell.Tests.Session;

/// <summary>The process on a terminal of the system's, which <c>script</c> of util-linux provides.</summary>
[TestFixture, Parallelizable]
internal sealed class RealTerminalTests
{
    private TemporaryFolder _folder = null!;
    private LiveServer _server = null!;
    private VirtualScreen _screen = null!;
    private Process _process = null!;

    private string Shell => $"{Programs.Shell} {_folder.File("qmp")}";

    [SetUp]
    public async Task SetUp()
    {
        if (!File.Exists("/usr/bin/script")) Assert.Ignore("there is no /usr/bin/script");
        _folder = new TemporaryFolder();
        _server = await LiveServer.StartAsync(ServerKind.Emulator, _folder.File("qmp"));
        _screen = new VirtualScreen(80);
    }

    [TearDown]
    public async Task TearDown()
    {
        if (_process is not null)
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
            _process.Dispose();
        }

        if (_server is not null) await _server.DisposeAsync();
        _folder?.Dispose();
    }

    [Test]
    public async Task Keys_are_handled_one_by_one_and_not_echoed()
    {
        Start($"stty cols 80; exec {Shell}");
        await UntilAsync("Ctrl-D leaves.\n(QEMU)");
        await TypeAsync("query-statu\t");
        await UntilAsync("\n(QEMU) query-status");
        await TypeAsync("\r");
        await UntilAsync("\n{\"return\": {\"status\": \"running\", \"running\": true}}\n(QEMU)");
        await TypeAsync("\e[A\u0001# \r");
        await UntilAsync("\n(QEMU) # query-status\n(QEMU)");
        await TypeAsync("\u0004");
        await _process.WaitForExitAsync().Guarded();
        Assert.That(_process.ExitCode, Is.Zero);
        Assert.That(
            await File.ReadAllTextAsync(_folder.File("state/qmp-shell/history")), Is.EqualTo("query-status\n# query-status\n"));
    }

    [Test]
    public async Task What_a_program_writes_without_an_end_of_line_stays()
    {
        Start($"stty cols 80; exec {Shell}");
        await UntilAsync("Ctrl-D leaves.\n(QEMU)");
        await TypeAsync("query-status | head -c 20\r");
        await UntilAsync("\n{\"return\": {\"status\"\n(QEMU)");
        await TypeAsync("\u0004");
        await UntilEndAsync();
        Assert.That(_process.ExitCode, Is.Zero);
    }

    /// <summary>All of it before the shell has begun to read: the end of the input must not be lost.</summary>
    [TestCase("")]
    [TestCase("query-status\r")]
    [TestCase("query-status\rstop\rquery-status\r")]
    public async Task An_end_of_input_that_was_typed_ahead_ends_the_shell(string before)
    {
        Start($"stty cols 80; exec {Shell}");
        await TypeAsync(before + "\u0004");
        await UntilEndAsync();
        Assert.That(_process.ExitCode, Is.Zero);
        Assert.That(_screen.Text.Split("\"return\"").Length - 1, Is.EqualTo(before.Count(c => c == '\r')), _screen.Text);
    }

    [Test]
    public async Task An_end_of_input_between_a_reply_and_the_next_prompt_ends_the_shell()
    {
        Start($"stty cols 80; exec {Shell}");
        await UntilAsync("Ctrl-D leaves.\n(QEMU)");
        // The schema is long: the shell is still busy with it when the key comes.
        await TypeAsync("query-qmp-schema\r\u0004");
        await UntilEndAsync();
        Assert.That(_process.ExitCode, Is.Zero);
    }

    [Test]
    public async Task A_terminal_of_no_columns_works()
    {
        Start($"stty cols 0; exec {Shell}");
        await UntilAsync("Ctrl-D leaves.\n(QEMU)");
        await TypeAsync("query-status");
        await UntilAsync("\n(QEMU) query-status");
        await TypeAsync("\r");
        await UntilAsync("\n{\"return\": {\"status\": \"running\", \"running\": true}}\n(QEMU)");
        await TypeAsync("\u0004");
        await UntilEndAsync();
        Assert.That(_process.ExitCode, Is.Zero);
    }

    [Test]
    public async Task Suspended_it_gives_the_terminal_back_and_takes_it_again()
    {
        if (!File.Exists("/bin/bash")) Assert.Ignore("there is no bash");
        // Lines that are typed must fit into a row.
        await File.WriteAllTextAsync(_folder.File("run"), $"exec {Shell}\n");
        await File.WriteAllTextAsync(
            _folder.File("modes"), "stty -a | tr ' ' '\\n' | grep -x -e '-*icanon' -e '-*isig' -e '-*echo' | tr '\\n' ' '; echo\n");
        Start($"stty cols 80; cd {_folder.File("")}; exec /bin/bash --norc --noprofile -i");
        await TypeAsync("PS1='$ '\r");
        await UntilAsync("\n$");
        await TypeAsync("sh run\r");
        await UntilAsync("Ctrl-D leaves.\n(QEMU)");
        await TypeAsync("query-sta\u001a");
        await UntilAsync("\n$");
        Assert.That(_screen.Text, Does.Contain("Stopped"));
        await TypeAsync("sh modes\r");
        await UntilAsync("\nisig icanon echo\n$");
        await TypeAsync("fg\r");
        await UntilAsync("\n(QEMU) query-sta");
        await TypeAsync("tus\r");
        await UntilAsync("\n{\"return\": {\"status\": \"running\", \"running\": true}}\n(QEMU)");
        await TypeAsync("\u0004");
        await UntilAsync("\n$");
        await TypeAsync("exit\r");
        await UntilEndAsync();
    }

    [Test]
    public async Task Ended_by_a_signal_it_gives_the_terminal_back()
    {
        Start($"stty cols 80; {Shell} & echo $! > {_folder.File("pid")}; fg > /dev/null; stty -a | grep -o ' icanon'");
        await UntilAsync("Ctrl-D leaves.\n(QEMU)");
        using Process kill = Process.Start("/bin/kill", ["-TERM", (await File.ReadAllTextAsync(_folder.File("pid"))).Trim()]);
        await UntilEndAsync();
        Assert.That(_screen.Text, Does.EndWith("icanon"));
    }

    [Test]
    public async Task Keys_leave_a_watched_migration_and_cancel_it()
    {
        byte[] noise = new byte[4 << 20];
        new Random(2).NextBytes(noise);
        await File.WriteAllBytesAsync(_folder.File("noise"), noise);
        await using LiveServer source = await LiveServer.StartAsync(
            ServerKind.Emulator, _folder.File("src"), more: ["-device", $"loader,file={_folder.File("noise")},addr=0,force-raw=on"]);
        await using LiveServer destination = await LiveServer.StartAsync(ServerKind.Emulator, _folder.File("dst"), waitsForMigration: true);
        await using QmpConnection there = await destination.ConnectAsync().Guarded();
        await there.ExecuteRawAsync("migrate-incoming", new() { ["uri"] = $"unix:{_folder.File("stream")}" });
        Start($"stty cols 80 rows 40; exec {Programs.Shell} {_folder.File("src")}");
        await UntilAsync("Ctrl-D leaves.\n(QEMU)");
        await TypeAsync("migrate-set-parameters max-bandwidth=65536\r");
        await UntilAsync("\n{\"return\": {}}\n(QEMU)");
        await TypeAsync($"migrate --watch uri=unix:{_folder.File("stream")}\r");
        await UntilAsync(text => text.Contains("remaining", StringComparison.Ordinal) && text.Contains("active", StringComparison.Ordinal));
        await TypeAsync("q");
        await UntilAsync("\n(QEMU)");
        await TypeAsync("query-migrate\r");
        await UntilAsync(text => text.Contains("\"status\": \"active\"", StringComparison.Ordinal) && text.EndsWith("\n(QEMU)", StringComparison.Ordinal));
        await TypeAsync("watch\r");
        await UntilAsync(text => text[text.LastIndexOf("(QEMU)", StringComparison.Ordinal)..].Contains("remaining", StringComparison.Ordinal));
        await TypeAsync("c");
        await UntilAsync(text => text.Contains("cancelled", StringComparison.Ordinal) && text.EndsWith("\n(QEMU)", StringComparison.Ordinal));
        await TypeAsync("query-status\r");
        await UntilAsync("\n{\"return\": {\"status\": \"running\", \"running\": true}}\n(QEMU)");
        await TypeAsync("\u0004");
        await UntilEndAsync();
        Assert.That(_process.ExitCode, Is.Zero);
    }

    [Test]
    public async Task An_interrupt_takes_the_line_away_and_no_more()
    {
        Start($"stty cols 80; exec {Shell}");
        await UntilAsync("Ctrl-D leaves.\n(QEMU)");
        await TypeAsync("query-sta\u0003");
        await UntilAsync("\n(QEMU) query-sta^C\n(QEMU)");
        await TypeAsync("query-status\r");
        await UntilAsync("\n{\"return\": {\"status\": \"running\", \"running\": true}}\n(QEMU)");
        await TypeAsync("\u0004");
        await UntilEndAsync();
    }

    private void Start(string script)
    {
        var start = new ProcessStartInfo("/usr/bin/script", ["-qfec", $"set -m; {script}", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["TERM"] = "xterm";
        start.Environment["SHELL"] = "/bin/bash";
        start.Environment["NO_COLOR"] = "1";
        start.Environment["XDG_STATE_HOME"] = _folder.File("state");
        _process = Process.Start(start)!;
    }

    private async Task UntilEndAsync()
    {
        byte[] buffer = new byte[4096];
        while (await _process.StandardOutput.BaseStream.ReadAsync(buffer).Guarded() is var count and > 0)
        {
            _screen.Write(Encoding.UTF8.GetString(buffer, 0, count));
        }

        await _process.WaitForExitAsync().Guarded();
    }

    private async Task TypeAsync(string keys)
    {
        await _process.StandardInput.WriteAsync(keys);
        await _process.StandardInput.FlushAsync();
    }

    private Task UntilAsync(string end) => UntilAsync(text => text.EndsWith(end, StringComparison.Ordinal));

    private async Task UntilAsync(Func<string, bool> isThere)
    {
        byte[] buffer = new byte[4096];
        while (!isThere(_screen.Text))
        {
            int count = await _process.StandardOutput.BaseStream.ReadAsync(buffer).Guarded();
            Assert.That(count, Is.Positive, $"the shell has ended:\n{_screen.Text}");
            _screen.Write(Encoding.UTF8.GetString(buffer, 0, count));
        }
    }
}
