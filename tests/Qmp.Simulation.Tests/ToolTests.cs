using System.Text.RegularExpressions;
using Qmp.Sim.CommandLine;

namespace Qmp.Simulation.Tests;

/// <summary>The tool's command line.</summary>
[TestFixture]
internal sealed partial class ToolTests
{
    private string _folder = null!;

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory("sim").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task A_run_says_what_comes_of_it_and_draws_it()
    {
        string file = Write("{ \"memory\": \"8M\", \"workload\": { \"rate\": \"1M\", \"working-set\": \"2M\" }, \"link\": { \"bandwidth\": \"16M\" } }");
        string report = Path.Combine(_folder, "r.html");
        string picture = Path.Combine(_folder, "r.png");
        string samples = Path.Combine(_folder, "r.csv");
        (int status, string output, string error) = await RunAsync("run", file, "--plot", report, "--plot", picture, "--samples", samples, "--passes");
        Assert.That((status, error), Is.EqualTo((0, "")));
        Assert.That(output, Does.StartWith("converges: "));
        string html = File.ReadAllText(report);
        Assert.That(html, Does.Contain("<svg").And.Contain("converges: ").And.Not.Contain("<img").And.Not.Contain("<script"));
        Assert.That(File.ReadAllBytes(picture).AsSpan(1, 3).SequenceEqual("PNG"u8));
        Assert.That(File.Exists(Path.Combine(_folder, "r-rates.png")));
        Assert.That(File.ReadAllLines(samples), Has.Length.GreaterThan(3).And.ItemAt(0).StartsWith("ms,status"));
    }

    [Test]
    public async Task What_does_not_converge_is_told_with_what_it_would_take()
    {
        string file = Write("{ \"memory\": \"16M\", \"workload\": { \"rate\": \"20M\" }, \"link\": { \"bandwidth\": \"80Mbit\" }, \"parameters\": { \"downtime-limit\": \"100ms\" } }");
        (int status, string output, _) = await RunAsync("run", file);
        Assert.That(status, Is.EqualTo(3));
        Assert.That(output, Does.Match(@"^does not converge: [0-9.]+ s would remain, .*; converges below [0-9.]+ MB/s of dirtying; converges above [0-9.]+ Mbit/s; with auto-converge at [0-9]+ % throttle"));
        Assert.That((await RunAsync("run", file, "--set", "workload.rate=1M")).Status, Is.Zero);
    }

    [Test]
    public async Task A_sweep_draws_where_it_converges()
    {
        string file = Write("{ \"memory\": \"8M\", \"workload\": { \"rate\": \"1M\" }, \"link\": { \"bandwidth\": \"4M\" } }");
        string report = Path.Combine(_folder, "s.html");
        (int status, string output, _) = await RunAsync("sweep", file, "--set", "workload.rate=0:1M:8M", "link.bandwidth=2M:8M", "--plot", report);
        Assert.That(status, Is.Zero);
        Assert.That(output.TrimEnd().Split('\n'), Has.Length.EqualTo(7));
        Assert.That(File.ReadAllText(report), Does.Contain("of 6 points converge").And.Contain("Where it converges"));
    }

    [TestCase("run", "/no/such/file", 1, "No such file")]
    [TestCase("run", "--plot", 2, "")]
    [TestCase("sweep", "{}", 1, "")]
    public async Task Mistakes_are_told(string command, string file, int status, string reason)
    {
        (int Status, string Output, string Error) result = await RunAsync(command, file);
        Assert.That(result.Status, Is.EqualTo(status));
        Assert.That(result.Error, Does.StartWith("qmp-sim: ").And.Contain(reason));
    }

    [Test]
    public async Task A_wrong_member_is_named()
    {
        (int status, _, string error) = await RunAsync("run", Write("{ \"memroy\": \"8M\" }"));
        Assert.That(status, Is.EqualTo(1));
        Assert.That(error, Does.Contain("memroy"));
    }

    [TestCase]
    [TestCase("run")]
    [TestCase("sweep")]
    [TestCase("merge")]
    [TestCase("compare")]
    [TestCase("fit")]
    public async Task The_manual_page_has_every_option_and_the_help_says_a_default_once(params string[] command)
    {
        (int status, string help, _) = await RunAsync([.. command, "--help"]);
        Assert.That(status, Is.Zero);
        string file = Path.Combine(Repository.Root, "tools", "qmp-sim", "qmp-sim.1");
        string page = File.ReadAllText(file).Replace(@"\-", "-", StringComparison.Ordinal);
        Assert.That(OptionPattern().Matches(help).Select(m => m.Value).Where(o => !page.Contains(o, StringComparison.Ordinal)), Is.Empty);
        Assert.That(command.Where(name => !page.Contains($"\n.B {name}\n", StringComparison.Ordinal)), Is.Empty);
        Assert.That(help.Split('\n'), Has.None.Match(@"\[default: .*\[default: |\[default: \("));
    }

    [GeneratedRegex("(?<=[ ,])--[a-z-]+")]
    private static partial Regex OptionPattern();

    private string Write(string text)
    {
        string file = Path.Combine(_folder, "scenario.json");
        File.WriteAllText(file, text);
        return file;
    }

    private static async Task<(int Status, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int status = await SimTool.RunAsync(arguments, output, error);
        return (status, output.ToString(), error.ToString());
    }
}
