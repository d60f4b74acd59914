using System.Diagnostics;
using System.Net.Security;
using Newtonsoft.Json.Linq;
using Qmp.Client;
using Qmp.EndToEnd.Tests.Devices;
using Qmp.EndToEnd.Tests.Python;
using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.Tls;

/// <summary>Monitors over TLS, by .NET's TLS and Python's.</summary>
[Category("Slow")]
[TestFixture]
internal sealed class TlsMonitorTests
{
    private TemporaryFolder _folder = null!;
    private TlsFolders _tls = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _tls = new TlsFolders(_folder);
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [TestCase(EmulatorKind.Qmpd)]
    [TestCase(EmulatorKind.Qemu)]
    public async Task Client_speaks_with_a_monitor_over_TLS(EmulatorKind kind)
    {
        await using StdioMonitor emulator = await StartAsync(kind);
        int port = await PortAsync(emulator);
        await using QmpConnection monitor = await QmpConnection.ConnectTlsAsync("127.0.0.1", port, TlsFolder.Read(_tls.Client));
        JToken status = await monitor.ExecuteRawAsync("query-status");
        Assert.That((string?)status["status"], Is.EqualTo("prelaunch"));

        // More than a record.
        JToken schema = await monitor.ExecuteRawAsync("query-qmp-schema");
        Assert.That(((JArray)schema).Count, Is.GreaterThan(500));
    }

    [TestCase(EmulatorKind.Qmpd)]
    [TestCase(EmulatorKind.Qemu)]
    public async Task Client_without_a_certificate_is_sent_away_and_the_next_one_is_served(EmulatorKind kind)
    {
        await using StdioMonitor emulator = await StartAsync(kind);
        int port = await PortAsync(emulator);
        Assert.That(async () => await QmpConnection.ConnectTlsAsync("127.0.0.1", port, TlsFolder.Read(_tls.Nobody)), Throws.InstanceOf<QmpException>());
        await using QmpConnection monitor = await QmpConnection.ConnectTlsAsync("127.0.0.1", port, TlsFolder.Read(_tls.Client));
        Assert.That(await monitor.ExecuteRawAsync("query-name"), Is.Not.Null);
    }

    [Test]
    public async Task Client_that_is_not_authorised_is_sent_away()
    {
        await using StdioMonitor emulator = await StartAsync(EmulatorKind.Qmpd, ",tls-authz=other");
        int port = await PortAsync(emulator);
        Assert.That(async () => await QmpConnection.ConnectTlsAsync("127.0.0.1", port, TlsFolder.Read(_tls.Client)), Throws.InstanceOf<QmpException>());
    }

    [Test]
    public async Task Client_does_not_speak_with_whom_it_does_not_trust()
    {
        await using StdioMonitor emulator = await StartAsync(EmulatorKind.Qmpd);
        int port = await PortAsync(emulator);
        SslClientAuthenticationOptions doubting = TlsFolder.Read(_tls.Doubter);
        Assert.That(async () => await QmpConnection.ConnectTlsAsync("127.0.0.1", port, doubting), Throws.InstanceOf<QmpException>());
        SslClientAuthenticationOptions elsewhere = TlsFolder.Read(_tls.Client, "example.org");
        Assert.That(async () => await QmpConnection.ConnectTlsAsync("127.0.0.1", port, elsewhere), Throws.InstanceOf<QmpException>());
    }

    [TestCase(EmulatorKind.Qmpd)]
    [TestCase(EmulatorKind.Qemu)]
    public async Task Python_speaks_with_a_monitor_over_TLS(EmulatorKind kind)
    {
        await PythonPackage.CheckAsync("ssl");
        await using StdioMonitor emulator = await StartAsync(kind);
        string port = (await PortAsync(emulator)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        string[] lines = await PythonPackage.RunAsync(
            _folder.Path, [Path.Combine(AppContext.BaseDirectory, "Python", "tls.py"), port, _tls.Client]);
        Assert.That(lines, Is.EqualTo((string[])["prelaunch", "CommandNotFound", "closed"]));
    }

    [TestCase(EmulatorKind.Qmpd)]
    [TestCase(EmulatorKind.Qemu)]
    public async Task QEMUs_own_client_speaks_with_a_monitor_over_TLS(EmulatorKind kind)
    {
        await PythonPackage.CheckAsync();
        await using StdioMonitor emulator = await StartAsync(kind);
        string port = (await PortAsync(emulator)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        string[] lines = await PythonPackage.RunAsync(
            _folder.Path, [Path.Combine(AppContext.BaseDirectory, "Python", "tls_client.py"), port, _tls.Client]);
        Assert.That(lines, Is.EqualTo((string[])["True", "prelaunch", "True", "CommandNotFound", "{}", "True"]));
    }

    [TestCase(EmulatorKind.Qmpd)]
    [TestCase(EmulatorKind.Qemu)]
    public async Task Shell_speaks_with_a_monitor_over_TLS(EmulatorKind kind)
    {
        await using StdioMonitor emulator = await StartAsync(kind);
        string server = $"tls:127.0.0.1:{await PortAsync(emulator)}";
        Assert.That(await ShellAsync(server, "--tls-creds", _tls.Client, "-c", "query-status"), Has.Some.Contains("prelaunch"));
        Assert.That(await ShellAsync(server, "--tls-creds", _tls.Doubter, "-c", "query-status"), Has.None.Contains("prelaunch"));
        Assert.That(
            await ShellAsync(server, "--tls-creds", _tls.Client, "--tls-hostname", "example.org", "-c", "query-status"),
            Has.None.Contains("prelaunch"));
    }

    // Its standard output.
    private static async Task<string[]> ShellAsync(params string[] words)
    {
        using Process shell = Process.Start(new ProcessStartInfo(EmulatorPrograms.Shell, words)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        shell.StandardInput.Close();
        Task<string> errors = shell.StandardError.ReadToEndAsync();
        string output = await shell.StandardOutput.ReadToEndAsync().WaitAsync(EventLog.Patience);
        await shell.WaitForExitAsync();
        TestContext.Out.WriteLine($"{shell.ExitCode}: {await errors}");
        Assert.That(shell.ExitCode == 0, Is.EqualTo(output.Length > 0), "an error is one, and not an answer");
        return output.Split('\n');
    }

    private Task<StdioMonitor> StartAsync(EmulatorKind kind, string more = "") => StdioMonitor.StartAsync(
        kind,
        "-M", "none", "-nodefaults", "-S",
        "-object", $"tls-creds-x509,id=tls0,endpoint=server,dir={_tls.Server}",
        "-object", "authz-simple,id=other,identity=CN=other",
        "-chardev", $"socket,id=mon0,host=127.0.0.1,port=0,server=on,wait=off,tls-creds=tls0{more}",
        "-mon", "chardev=mon0,mode=control");

    private static async Task<int> PortAsync(StdioMonitor emulator)
    {
        JToken devices = await emulator.AskAsync("query-chardev");
        string file = (string)devices.Single(d => (string?)d["label"] == "mon0")["filename"]!;
        return int.Parse(file.Split(':')[^1].Split(',')[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
