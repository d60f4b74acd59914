using System.Text.RegularExpressions;
using Qmp.Shell.Interactive;
using Qmp.Shell.Scripts;
using Qmp.Shell.Tests.Support;

namespace Qmp.Shell.Tests;

/// <summary>The manual page knows all options.</summary>
[TestFixture]
internal sealed partial class ManualTests
{
    [TestCase]
    [TestCase("conform")]
    [TestCase("completion")]
    public async Task The_page_has_every_option(params string[] command)
    {
        string file = Path.Combine(Repository.Root, "tools", "qmp-shell", "qmp-shell.1");
        string page = (await File.ReadAllTextAsync(file)).Replace(@"\-", "-", StringComparison.Ordinal);
        ShellRun run = await ShellRun.RunAsync([.. command, "--help"]);
        string help = run.Output.Split("Examples:")[0];
        Assert.That(
            OptionPattern().Matches(help).Select(m => m.Value).Where(o => !page.Contains(o, StringComparison.Ordinal)),
            Is.Empty);
    }

    [Test]
    public async Task The_page_has_what_the_shell_itself_understands()
    {
        string file = Path.Combine(Repository.Root, "tools", "qmp-shell", "qmp-shell.1");
        string page = (await File.ReadAllTextAsync(file)).Replace(@"\-", "-", StringComparison.Ordinal);
        string[] own = [.. InteractiveShell.Builtins, EventExpectation.Keyword, ErrorExpectation.Keyword, "!", "@", "migrate --watch"];
        Assert.That(own.Where(word => !page.Contains($"\n.B {word}", StringComparison.Ordinal)), Is.Empty);
    }

    [GeneratedRegex("(?<=[ ,])--[a-z-]+")]
    private static partial Regex OptionPattern();
}
