using System.Diagnostics;
using System.Text;
using Qmp.Shell.Tests.Support;

namespace Qmp.Shell.Tests.Session;

/// <summary>The process on a terminal of the system's, which <c>script</c> of util-linux provides.</summary>
[TestFixture]
internal sealed class RealTerminalTests
{
    private TemporaryFolder _folder = null!;
    private LiveServer _server = null!;
    private VirtualScreen _screen = null!;
    private Process _process = null!;

    [SetUp]
    public async Task SetUp()
    {
        if (!File.Exists("/usr/bin/script")) Assert.Ignore("there is no /usr/bin/script");
        _folder = new TemporaryFolder();
        _server = await LiveServer.StartAsync(ServerKind.Emulator, _folder.File("qmp"));
        _screen = new VirtualScreen(80);
        var start = new ProcessStartInfo(
            "/usr/bin/script",
            ["-qfec", $"stty cols 80; exec {Programs.Shell} {_folder.File("qmp")}", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["TERM"] = "xterm";
        start.Environment["NO_COLOR"] = "1";
        start.Environment["XDG_STATE_HOME"] = _folder.File("state");
        _process = Process.Start(start)!;
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
        await UntilAsync("Ctrl-D leaves.\n(QEMU)");
        await TypeAsync("query-stat\t");
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

    private async Task TypeAsync(string keys)
    {
        await _process.StandardInput.WriteAsync(keys);
        await _process.StandardInput.FlushAsync();
    }

    private async Task UntilAsync(string end)
    {
        byte[] buffer = new byte[4096];
        while (!_screen.Text.EndsWith(end, StringComparison.Ordinal))
        {
            int count = await _process.StandardOutput.BaseStream.ReadAsync(buffer).Guarded();
            Assert.That(count, Is.Positive, $"the shell has ended:\n{_screen.Text}");
            _screen.Write(Encoding.UTF8.GetString(buffer, 0, count));
        }
    }
}
