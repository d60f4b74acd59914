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

    private static async Task<string> RunAsync(string option)
    {
        using Process process = Process.Start(new ProcessStartInfo(Programs.Find("demo"), [option]) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync().Guarded();
        await process.WaitForExitAsync().Guarded();
        Assert.That(process.ExitCode, Is.Zero);
        return output;
    }
}
