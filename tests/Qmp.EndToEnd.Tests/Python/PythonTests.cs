using System.Text.RegularExpressions;
using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.Python;

/// <summary>QEMU's own clients, unmodified: they show of qmpd what they show of QEMU.</summary>
[Category("Slow")]
[TestFixture]
internal sealed partial class PythonTests
{
    private static readonly string[] ShellSession =
    [
        "query-status",
        "stop",
        "query-status",
        "cont",
        "query-name",
        "migrate-set-capabilities capabilities=[{'capability':'events','state':true}]",
        "migrate-set-parameters max-bandwidth=1048576 downtime-limit=7",
        "query-migrate-parameters",
        "migrate uri=unix:/nonexistent/socket",
        "migrate uri=\"nonsense: \\\"x\\\"\"",
        "no-such-command a.b=1 a.c=true",
        "not a pair",
    ];

    [TestCase("-v")]
    [TestCase("-v", "-p")]
    public async Task Shell_shows_what_it_shows_of_QEMU(params string[] options) =>
        await CompareAsync(socket => ["-m", "qemu.qmp.qmp_shell", .. options, socket], ShellSession);

    [Test]
    public async Task Client_gets_what_it_gets_from_QEMU() =>
        await CompareAsync(socket => [Path.Combine(AppContext.BaseDirectory, "Python", "client.py"), socket]);

    [Test]
    public async Task Machine_launches_it_as_QEMU()
    {
        await PythonPackage.CheckAsync("qemu.machine");
        string[] actual = await LaunchAsync(EmulatorKind.Qmpd);
        Assert.That(actual, Has.Length.EqualTo(12));
        Interop.Requirement.Check(EmulatorKind.Qemu);
        Assert.That(actual, Is.EqualTo(await LaunchAsync(EmulatorKind.Qemu)));
    }

    [Test]
    public async Task Pair_of_machines_has_consoles_and_devices_and_migrates_as_QEMUs()
    {
        await PythonPackage.CheckAsync("qemu.machine");
        string[] actual = await LaunchAsync(EmulatorKind.Qmpd, "pair.py");
        Assert.That(actual, Has.Length.EqualTo(11));
        Interop.Requirement.Check(EmulatorKind.Qemu);
        Assert.That(actual, Is.EqualTo(await LaunchAsync(EmulatorKind.Qemu, "pair.py")));
    }

    private static async Task<string[]> LaunchAsync(EmulatorKind kind, string script = "machine.py")
    {
        using var folder = new TemporaryFolder();
        return await PythonPackage.RunAsync(
            folder.Path,
            [Path.Combine(AppContext.BaseDirectory, "Python", script), EmulatorPrograms.PathOf(kind), folder.Path]);
    }

    private static async Task CompareAsync(Func<string, string[]> wordsFor, params string[] input)
    {
        await PythonPackage.CheckAsync();
        string[] actual = await RunAsync(EmulatorKind.Qmpd, wordsFor, input);
        foreach (string line in actual) TestContext.Out.WriteLine(line);
        Assert.That(actual, Is.Not.Empty);
        Interop.Requirement.Check(EmulatorKind.Qemu);
        string[] expected = await RunAsync(EmulatorKind.Qemu, wordsFor, input);
        Assert.That(actual, Is.EqualTo(expected));
    }

    private static async Task<string[]> RunAsync(EmulatorKind kind, Func<string, string[]> wordsFor, string[] input)
    {
        using var folder = new TemporaryFolder();
        string socket = folder.File("python.qmp");
        await using EmulatorProcess machine = await EmulatorProcess.StartAsync(
            kind, "vm", folder, "-qmp", $"unix:{socket},server=on,wait=off");
        string[] lines = await PythonPackage.RunAsync(folder.Path, wordsFor(socket), input);
        return [.. lines.Select(line => Varying().Replace(line.Replace(folder.Path, "", StringComparison.Ordinal), "N"))];
    }

    // Times, and the version of the program.
    [GeneratedRegex("""(?<=seconds": )\d+|(?<=Connected to QEMU )\S+""")]
    private static partial Regex Varying();
}
