using System.Diagnostics;

namespace Qmp.EndToEnd.Tests;

/// <summary>What the demo draws of a scenario with characters.</summary>
[TestFixture]
internal sealed class TimelineTests
{
    [Test]
    public async Task Faults_waits_pauses_and_recoveries_are_drawn()
    {
        string demo = Path.Combine(Repository.Root, "artifacts/bin/demo/release/demo");
        if (!File.Exists(demo)) Assert.Ignore("needs a Release build of the demo");
        using Process process = Process.Start(
            new ProcessStartInfo(demo, ["--plain", "--scenario", "postcopy-recovery"]) { RedirectStandardOutput = true })!;
        string text = await process.StandardOutput.ReadToEndAsync().Guarded();
        await process.WaitForExitAsync().Guarded();
        Assert.That(process.ExitCode, Is.Zero, text);

        List<(string Name, string Text)> rows =
        [
            .. text.Split('\n').Select(line => line.Split('|')).Where(parts => parts.Length == 3).Select(parts => (parts[0].Trim(), parts[1])),
        ];
        Assert.That(rows.Select(row => row.Text.Length), Is.All.EqualTo(80), text);
        string[] status = [.. rows.SkipWhile(row => row.Name != "status").TakeWhile(row => row.Name is "status" or "").Select(row => row.Text)];
        foreach (string name in new[] { "setup", "active", "postcopy-active", "postcopy-paused", "postcopy-recover-setup", "postcopy-recover", "completed" })
        {
            Assert.That(status.Any(line => line.Split('·', ' ', '░', '▓').Contains(name)), $"'{name}' is not there in full:\n{text}");
        }

        string paused = status.Single(line => line.Contains("postcopy-paused░"));
        int from = paused.IndexOf("postcopy-paused░", StringComparison.Ordinal);
        int to = paused.LastIndexOf('░');
        Assert.That(to - from, Is.GreaterThan(20), "1.1 s of three and a half");
        string waits = Row("waits for a page");
        Assert.That(waits[(from + 2)..(to - 2)], Does.Match("^[░▌]+$"), text);
        Assert.That(Row("bytes sent")[(from + 2)..(to - 2)], Is.EqualTo(new string(' ', to - from - 4)), text);
        Assert.That(Row("longest wait")[(to - 2)..(to + 4)], Does.Contain('█'), "a wait of a second");
        foreach (string name in new[] { "page faults", "page requests", "median wait" })
        {
            Assert.That(Row(name).Trim(), Is.Not.Empty, text);
            Assert.That(Row(name)[..2], Is.EqualTo("  "), "nothing is missing before postcopy");
        }

        Assert.That(text, Does.Match(@"(?m)^pauses +1, 110\d ms in all; 1 recovered$").And.Match(@"(?m)^page faults +\d+, \d+ requests$"));

        string Row(string name) => rows.Single(row => row.Name == name).Text;
    }

    [Test]
    public async Task Rows_of_postcopy_are_left_out_without_it()
    {
        string demo = Path.Combine(Repository.Root, "artifacts/bin/demo/release/demo");
        if (!File.Exists(demo)) Assert.Ignore("needs a Release build of the demo");
        using Process process = Process.Start(
            new ProcessStartInfo(demo, ["--plain", "--scenario", "precopy"]) { RedirectStandardOutput = true })!;
        string text = await process.StandardOutput.ReadToEndAsync().Guarded();
        await process.WaitForExitAsync().Guarded();
        Assert.That(text, Does.Contain("status |").And.Not.Contain("page ").And.Not.Contain("wait"));
    }
}
