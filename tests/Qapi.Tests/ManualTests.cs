using System.Text.RegularExpressions;

namespace Qapi.Tests;

/// <summary>The manual page knows all options.</summary>
public sealed partial class ManualTests
{
    [Test]
    public void Page_has_every_option()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "tools", "qapi", "qapi.1")).Replace(@"\-", "-");
        string[] commands = ["check", "introspect", "generate", "diff", "doc"];
        var options = commands.SelectMany(command => Option().Matches(Tool.Run(command, "--help").Output))
            .Concat(Option().Matches(Tool.Run("--help").Output))
            .Select(match => match.Value).Distinct();
        Assert.That(options.Where(option => !page.Contains(option, StringComparison.Ordinal)), Is.Empty);
    }

    [GeneratedRegex("(?<=[ ,|])--[a-z-]+")]
    private static partial Regex Option();
}
