using System.Diagnostics;
using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>QEMU's <c>scripts/analyze-migration.py</c> takes our streams apart as it does QEMU's.</summary>
/// <remarks>
/// The environment variable <c>QMP_ANALYZE_MIGRATION</c> names the script. Without it the tests are skipped, unless
/// <c>QMP_REQUIRE_ANALYZE_MIGRATION</c> is 1: then they fail. The script knows no return path, no dirty bitmaps and no
/// VFIO devices; streams with those it cannot read from QEMU either.
/// </remarks>
[TestFixture(EmulatorKind.Qmpd)]
[TestFixture(EmulatorKind.Qemu)]
internal sealed class AnalyzeTests(EmulatorKind kind)
{
    private const string Variable = "QMP_ANALYZE_MIGRATION";
    private const string Switch = "QMP_REQUIRE_ANALYZE_MIGRATION";

    [TestCase("running")]
    [TestCase("running", "-uuid", "135b3e47-43ca-bc68-e23b-354a2f62a023", MigrationCapability.ValidateUuid)]
    [TestCase("running", MigrationCapability.XIgnoreShared)]
    [TestCase(
        "running",
        "-uuid",
        "135b3e47-43ca-bc68-e23b-354a2f62a023",
        MigrationCapability.ValidateUuid,
        MigrationCapability.XIgnoreShared)]
    [TestCase("prelaunch", "-S")]
    public async Task Stream_is_taken_apart(string runState, params object[] rest)
    {
        Requirement.Check(kind);
        string script = FindScript();
        using var folder = new TemporaryFolder();
        byte[] image = MemoryImage.Create(seed: 8, length: 1 << 20);
        await File.WriteAllBytesAsync(folder.File("image"), image);
        await using EmulatorProcess source = await EmulatorProcess.StartAsync(
            kind,
            "src",
            folder,
            ["-device", $"loader,file={folder.File("image")},addr=0,force-raw=on", .. rest.OfType<string>()]);
        await source.SwitchOnAsync(rest.OfType<MigrationCapability>());
        await source.Migration.MigrateAsync(new() { Uri = $"exec:cat > {folder.File("stream")}" });
        await source.Events.WhenAsync(MigrationStatus.Completed);
        string output = await RunAsync(folder, script, "-f", folder.File("stream"));

        // What the script shows of the global state is the run state, as hexadecimal digits.
        string shown = Convert.ToHexStringLower(System.Text.Encoding.ASCII.GetBytes(runState));
        Assert.That(output.Replace(" ", "", StringComparison.Ordinal), Does.Contain(shown));
        Assert.That(output, Does.Contain("\"cpu_clock_offset\""));
        await RunAsync(folder, script, "-x", "-f", folder.File("stream"));
        byte[] memory = await File.ReadAllBytesAsync(folder.File("ram"));
        Assert.That(memory.AsSpan(0, image.Length).SequenceEqual(image));
    }

    private static string FindScript()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { } script) return script;
        if (Environment.GetEnvironmentVariable(Switch) == "1") Assert.Fail($"{Variable} names no script, and {Switch} is 1");
        Assert.Ignore($"{Variable} names no script");
        throw new InvalidOperationException();
    }

    private static async Task<string> RunAsync(TemporaryFolder folder, params string[] words)
    {
        using Process python = Process.Start(new ProcessStartInfo("python3", words)
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = python.StandardOutput.ReadToEndAsync();
        Task<string> errors = python.StandardError.ReadToEndAsync();
        await python.WaitForExitAsync().WaitAsync(EventLog.Patience);
        Assert.That(python.ExitCode, Is.Zero, await errors);
        return await output;
    }
}
