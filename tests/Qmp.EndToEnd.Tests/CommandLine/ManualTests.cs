using System.Text.RegularExpressions;
using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.CommandLine;

/// <summary>The manual page speaks of options that there are.</summary>
[TestFixture]
internal sealed partial class ManualTests
{
    [Test]
    public async Task What_the_page_describes_is_there()
    {
        string page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tools", "qmpd", "qmpd.1"));
        string[] described = [.. OptionPattern().Matches(page.Replace(@"\-", "-", StringComparison.Ordinal)).Select(m => m.Value)];
        Assert.That(described, Has.Length.GreaterThan(8));
        string help = await HelpAsync();
        Assert.That(described.Where(option => !help.Contains(option, StringComparison.Ordinal)), Is.Empty);
    }

    private static async Task<string> HelpAsync()
    {
        var start = new System.Diagnostics.ProcessStartInfo(EmulatorPrograms.PathOf(EmulatorKind.Qmpd), "-h")
        {
            RedirectStandardOutput = true,
        };
        using var process = System.Diagnostics.Process.Start(start)!;
        string help = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return help;
    }

    // The first word after .TP's macro.
    [GeneratedRegex("(?<=^\\.BI? )-[a-zA-Z-]+", RegexOptions.Multiline)]
    private static partial Regex OptionPattern();
}
