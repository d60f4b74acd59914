using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Qmp.EndToEnd.Tests.Interop;
using Qmp.Interop.Emulators;
using Qmp.Linux;

namespace Qmp.EndToEnd.Tests.CommandLine;

/// <summary><c>-daemonize</c>: what a launcher may rely on when the command that it has run is over.</summary>
[TestFixture(EmulatorKind.Qmpd)]
[TestFixture(EmulatorKind.Qemu, Category = "Slow")]
[Parallelizable]
internal sealed class DaemonTests(EmulatorKind kind)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string[] Machine = ["-M", "none", "-nodefaults", "-display", "none", "-daemonize"];

    private TemporaryFolder _folder = null!;

    private string PidFile => _folder.File("pid");

    [SetUp]
    public void SetUp()
    {
        Requirement.Check(kind);
        _folder = new TemporaryFolder();
    }

    [TearDown]
    public void TearDown()
    {
        if (_folder is null) return;
        if (File.Exists(PidFile)) Processes.Terminate(Pid());
        Assert.That(() => File.Exists(PidFile), Is.False.After(30_000, 10), "it ends at SIGTERM");
        _folder.Dispose();
    }

    [Test]
    public async Task When_the_command_is_over_the_monitor_serves_and_the_pidfile_names_the_daemon()
    {
        string path = _folder.File("qmp");
        Assert.That(await RunAsync("-qmp", $"unix:{path},server=on,wait=off"), Is.EqualTo((0, "", "")));
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(path));
        byte[] greeting = new byte[8];
        await client.ReceiveAsync(greeting).WaitAsync(Patience);
        Assert.That(greeting, Is.EqualTo("{\"QMP\": "u8.ToArray()));
        string[] status = await File.ReadAllLinesAsync($"/proc/{Pid()}/status");
        Assert.That(status, Does.Contain("Umask:\t0027"));
    }

    // Of what it was started with, standard streams included, it holds nothing that its caller could wait for.
    [Test]
    public async Task It_lets_go_of_where_it_was_started()
    {
        Assert.That(await RunAsync(), Is.EqualTo((0, "", "")));
        string process = $"/proc/{Pid()}";
        for (int descriptor = 0; descriptor < 3; descriptor++)
        {
            Assert.That(new FileInfo($"{process}/fd/{descriptor}").LinkTarget, Is.EqualTo("/dev/null"));
        }

        Assert.That(new DirectoryInfo($"{process}/cwd").LinkTarget, Is.EqualTo("/"));
        Assert.That(SessionOf(Pid()), Is.Not.EqualTo(SessionOf(Environment.ProcessId)));
    }

    [Test]
    public async Task What_it_prints_while_it_starts_is_passed_on()
    {
        (int status, string output, string errors) = await RunAsync("-chardev", "pty,id=p");
        Assert.That((status, errors), Is.EqualTo((0, "")));
        Assert.That(output, Does.Match("^char device redirected to /dev/pts/[0-9]+ \\(label p\\)\n$"));
    }

    [TestCase("-chardev", "file,id=a,path=/nonexistent/x", "-chardev file,id=a,path=/nonexistent/x: Could not open '/nonexistent/x': No such file or directory")]
    [TestCase("-chardev", "stdio,id=a", "-chardev stdio,id=a: cannot use stdio with -daemonize")]
    [TestCase("-foo", "", "-foo: invalid option")]
    public async Task What_goes_wrong_is_told_with_a_status(string option, string value, string message)
    {
        (int status, string output, string errors) = await RunAsync(value.Length == 0 ? [option] : [option, value]);
        Assert.That((status, output), Is.EqualTo((1, "")));
        Assert.That(errors[(errors.IndexOf(' ', StringComparison.Ordinal) + 1)..], Is.EqualTo(message + "\n"));
        Assert.That(File.Exists(PidFile), Is.False);
    }

    [Test]
    public async Task A_pidfile_belongs_to_one_daemon()
    {
        Assert.That((await RunAsync()).Status, Is.Zero);
        int first = Pid();
        (int status, _, string errors) = await RunAsync();
        Assert.That(status, Is.EqualTo(1));
        Assert.That(errors, Does.EndWith("Cannot lock pid file: Resource temporarily unavailable\n"));
        Assert.That(Pid(), Is.EqualTo(first));
    }

    // Field 6 of the file; the name before it is in parentheses.
    private static string SessionOf(int process) =>
        File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat")).Split(") ")[1].Split(' ')[3];

    private int Pid() => int.Parse(File.ReadAllText(PidFile), CultureInfo.InvariantCulture);

    // The streams are read to their ends, as libvirt does: who holds them holds up the caller.
    private async Task<(int Status, string Output, string Errors)> RunAsync(params string[] words)
    {
        var start = new ProcessStartInfo(EmulatorPrograms.PathOf(kind), [.. Machine, "-pidfile", PidFile, .. words])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.File(""),
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (process.ExitCode, await output.WaitAsync(Patience), await errors.WaitAsync(Patience));
    }
}
