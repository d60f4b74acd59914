using System.Diagnostics;
using Qmp.Client;
using Qmp.Client.Migration;
using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.Native;

/// <summary>What only a native <c>qmpd</c> promises, the one that <c>QMPD</c> names.</summary>
[TestFixture]
internal sealed class NativeProgramTests
{
    // What it has today and a little; the README says what it is made of.
    private const long LargestProgram = 24 << 20;
    private const int FewDescriptors = 32;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private string _program = "";

    [SetUp]
    public void FindProgram()
    {
        if (EmulatorPrograms.NamedQmpd is not { } program || File.Exists(program + ".dll"))
        {
            Assert.Ignore("QMPD names no native program");
            return;
        }

        _program = program;
    }

    [Test]
    public void It_is_one_file_of_bounded_size_and_has_its_debug_file_beside_it()
    {
        Assert.That(new FileInfo(_program).Length, Is.LessThan(LargestProgram));
        Assert.That(
            Directory.GetFiles(Path.GetDirectoryName(_program)!).Select(Path.GetFileName),
            Is.EquivalentTo(["qmpd", "qmpd.dbg"]));
    }

    [Test]
    public async Task Its_version_names_the_commit() => Assert.That(
        await OutputAsync(_program, "-version"),
        Does.Match(@"^QEMU emulator version 10\.0\.2 \(qmpd \d+\.\d+\.\d+\S*, commit [0-9a-f]{12}\)"));

    /// <summary>A stack has names by itself; the debug file has the lines.</summary>
    [Test]
    public async Task An_address_of_a_stack_can_be_looked_up()
    {
        string[] symbols = (await OutputAsync("nm", "--defined-only", _program + ".dbg")).Split('\n');
        string symbol = symbols.First(s => s.Contains("Qmp_Emulator_EmulatorInstance__StartAsync", StringComparison.Ordinal)
            || s.Contains("EmulatorInstance__StartAsync", StringComparison.Ordinal));
        string where = await OutputAsync("addr2line", "-e", _program + ".dbg", symbol.Split(' ')[0]);
        Assert.That(where, Does.Match(@"EmulatorInstance(\.\w+)?\.cs:\d+"));
        Assert.That(await BuildIdAsync(_program), Is.EqualTo(await BuildIdAsync(_program + ".dbg")));
    }

    [Test]
    public async Task Few_descriptors_are_enough()
    {
        using var folder = new TemporaryFolder();
        string uri = $"unix:{folder.File("mig")}";
        using Process destination = Start(folder.File("dst"), "-incoming", uri);
        using Process source = Start(folder.File("src"));
        try
        {
            await using QmpConnection dst = await ConnectAsync(folder.File("dst"));
            await using QmpConnection src = await ConnectAsync(folder.File("src"));
            MigrationResult result = await src.RunMigrationAsync(new() { Uri = uri }).WaitAsync(Patience);
            Assert.That(result.Outcome, Is.EqualTo(MigrationOutcome.Completed));
            await Task.WhenAll(
                src.ExecuteUntilDisconnectAsync("quit").WaitAsync(Patience),
                dst.ExecuteUntilDisconnectAsync("quit").WaitAsync(Patience));
            await source.WaitForExitAsync().WaitAsync(Patience);
            await destination.WaitForExitAsync().WaitAsync(Patience);
            Assert.That((source.ExitCode, destination.ExitCode), Is.EqualTo((0, 0)));
        }
        finally
        {
            source.Kill();
            destination.Kill();
        }
    }

    private static Task<QmpConnection> ConnectAsync(string socket) => QmpConnection.ConnectUnixAsync(
        socket, new QmpClientOptions { ConnectRetryInterval = TimeSpan.FromMilliseconds(10), ConnectTimeout = Patience });

    private Process Start(string socket, params string[] more) => Process.Start(
        "/bin/sh",
        [
            "-c", $"ulimit -n {FewDescriptors}; exec \"$0\" \"$@\"", _program, "-M", "none", "-nodefaults", "-m", "64M",
            "-qmp", $"unix:{socket},server=on,wait=off", .. more,
        ]);

    private static async Task<string> BuildIdAsync(string file) =>
        (await OutputAsync("readelf", "-n", file)).Split('\n').Single(l => l.Contains("Build ID", StringComparison.Ordinal));

    private static async Task<string> OutputAsync(string program, params string[] words)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero);
        return output;
    }
}
