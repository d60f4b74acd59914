using System.Text.RegularExpressions;
using Qmp.Shell.Tests.Support;

namespace Qmp.Shell.Tests;

/// <summary>What the README shows works, and it leaves no option out.</summary>
[TestFixture, Parallelizable]
internal sealed partial class ReadmeTests
{
    private static string Readme { get; } =
        File.ReadAllText(Path.Combine(Repository.Root, "tools", "qmp-shell", "README.md"));

    private static IEnumerable<string> Scripts => ScriptBlock().Matches(Readme).Select(m => m.Groups[1].Value);

    [TestCaseSource(nameof(Scripts))]
    public async Task Examples_run(string script)
    {
        using var folder = new TemporaryFolder();
        await using LiveServer server = await LiveServer.StartAsync(ServerKind.Emulator, folder.File("qmp"));
        ShellRun run = await ShellRun.RunAsync(script, [folder.File("qmp"), "--wait", "30"]);
        Assert.That(run.Status, Is.Zero, run.Output + run.Error);
        Assert.That(run.Lines, Has.Count.GreaterThanOrEqualTo(5));
    }

    [TestCase("")]
    [TestCase("conform")]
    public async Task Options_are_described(string command)
    {
        ShellRun help = await ShellRun.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        string[] options = [.. OptionName().Matches(help.Output).Select(m => m.Value.Trim())];
        Assert.That(options, Has.Length.GreaterThan(3));
        Assert.That(options.Where(o => o is not ("-?" or "-h") && !Readme.Contains($"`{o}", StringComparison.Ordinal)), Is.Empty);
    }

    /// <summary>Messages are shown as they are.</summary>
    [Test]
    public async Task Mistakes_are_answered_so()
    {
        using var folder = new TemporaryFolder();
        await using LiveServer server = await LiveServer.StartAsync(ServerKind.Emulator, folder.File("qmp"));
        string block = MistakeBlock().Match(Readme).Groups[1].Value;
        string[] examples = block.Split("(QEMU) ", StringSplitOptions.RemoveEmptyEntries);
        Assert.That(examples, Has.Length.GreaterThan(3));
        foreach (string example in examples)
        {
            string[] lines = example.Split('\n');
            ShellRun run = await ShellRun.RunAsync(folder.File("qmp"), "--wait", "30", "-c", lines[0]);
            Assert.That(run.Error, Is.EqualTo($"qmp-shell: -c 1: {lines[1]}\n"));
        }
    }

    [GeneratedRegex("```qmp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ScriptBlock();

    [GeneratedRegex("Mistakes:\n\n```\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex MistakeBlock();

    [GeneratedRegex(@"(?<=\n  |\n  [^\n]{2}, )--?[\w?-]+")]
    private static partial Regex OptionName();
}
