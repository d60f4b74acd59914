using System.Diagnostics;
using Qmp.Shell.Tests.Support;

namespace Qmp.Shell.Tests.Processes;

/// <summary>What the demo says of itself.</summary>
[TestFixture, Parallelizable]
internal sealed class DemoOptionTests
{
    [Test]
    public async Task The_version_has_the_name() => Assert.That(await RunAsync("--version"), Does.Match(@"^demo \d+\.\d+"));

    [Test]
    public async Task The_help_says_a_default_once()
    {
        string help = await RunAsync("--help");
        Assert.That(help, Does.Contain("[default: 256]").And.Contain("[default: workload]"));
        Assert.That(help.Split('\n'), Has.None.Match(@"\[default: .*\[default: "));
    }

    [Test, Category("Slow")]
    public async Task A_guest_that_runs_code_goes_on_where_it_was() =>
        Assert.That(await RunAsync("--guest", "bootsector"), Does.Contain("The alphabet went on where it was.").And.Match("ABCDEFGHIJKLMNOPQRST"));

    private static async Task<string> RunAsync(params string[] options)
    {
        using Process process = Process.Start(new ProcessStartInfo(Programs.Find("demo"), options) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync().Guarded();
        await process.WaitForExitAsync().Guarded();
        Assert.That(process.ExitCode, Is.Zero);
        return output;
    }
}
