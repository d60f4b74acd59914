using System.Diagnostics;
using System.Xml.Linq;

namespace Qmp.EndToEnd.Tests;

/// <summary>Pictures in READMEs are drawn from runs, and drawn again by them.</summary>
[TestFixture]
internal sealed class PictureTests
{
    [TestCase("switchover-ack")]
    [TestCase("postcopy-recovery")]
    public async Task A_picture_is_that_of_a_run(string scenario)
    {
        string demo = Path.Combine(Repository.Root, "artifacts/bin/demo/release/demo");
        if (!File.Exists(demo)) Assert.Ignore("needs a Release build of the demo");
        using var folder = new TemporaryFolder();
        string drawn = folder.File("picture.svg");
        using Process process = Process.Start(
            new ProcessStartInfo(demo, ["--plain", "--scenario", scenario, "--svg", drawn]) { RedirectStandardOutput = true })!;
        await process.StandardOutput.ReadToEndAsync().Guarded();
        await process.WaitForExitAsync().Guarded();
        Assert.That(process.ExitCode, Is.Zero);
        string picture = await File.ReadAllTextAsync(drawn);
        Assert.That(XDocument.Parse(picture).Root!.Name.LocalName, Is.EqualTo("svg"));
        string kept = Path.Combine(Repository.Root, "tools", "demo", $"{scenario}.svg");
        // demo --scenario NAME --svg tools/demo/NAME.svg draws it anew.
        Assert.That(picture, Is.EqualTo(await File.ReadAllTextAsync(kept)));
    }
}
