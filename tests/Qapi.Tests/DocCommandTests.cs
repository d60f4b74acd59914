using System.Text.RegularExpressions;

namespace Qapi.Tests;

/// <summary>The reference that <c>qapi doc</c> writes.</summary>
public sealed partial class DocCommandTests
{
    private string _directory = "";

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("qapi").FullName + "/";

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void All_commands_events_and_members_are_described()
    {
        File.WriteAllText(_directory + "root.json", """
            { 'include': 'part.json' }
            ##
            # @Color:
            #
            # A color & more.
            #
            # @red: as @paint has it
            #
            # @green: if there is any
            #
            # Since: 1.2
            ##
            { 'enum': 'Color', 'data': [ 'red', { 'name': 'green', 'if': 'GREEN' } ] }
            ##
            # @paint:
            #
            # Paints.
            #
            # - once
            # - or twice
            #
            # @color: which one
            #
            # @coats: how many, 1 to 3. Default: 1.
            #
            # Returns: what is there
            #
            # Errors:
            #     - it is empty
            ##
            { 'command': 'paint', 'data': { 'color': 'Color', '*coats': 'int' }, 'returns': [ 'Shape' ] }
            """);
        File.WriteAllText(_directory + "part.json", """
            { 'struct': 'Shape', 'data': { 'name': 'str' } }
            { 'event': 'PAINTED', 'data': 'Shape', 'features': [ 'unstable' ] }
            """);
        var (status, _, error) = Tool.Run("doc", _directory + "root.json", "-o", _directory + "out", "--title", "Paint <it>");
        Assert.That(status, Is.Zero, error);
        string index = File.ReadAllText(_directory + "out/index.html");
        string root = File.ReadAllText(_directory + "out/root.html");
        string part = File.ReadAllText(_directory + "out/part.html");
        Assert.That(index, Does.Contain("<title>Paint &lt;it&gt;</title>").And.Contain("<a href=\"root.html#command-paint\"><code>paint</code></a>"));
        Assert.That(root, Does.Contain("<p>A color &amp; more.").And.Contain("since 1.2").And.Contain("if GREEN"));
        Assert.That(root, Does.Contain("how many, 1 to 3. Default: 1.").And.Contain("<li>or twice").And.Contain("<td><code>int</code>, optional</td>"));
        Assert.That(root, Does.Contain("<p>[<a href=\"part.html#type-Shape\"><code>Shape</code></a>]</p>").And.Contain("<p>what is there"));
        Assert.That(root, Does.Contain("as <a href=\"root.html#command-paint\"><code>paint</code></a> has it"));
        Assert.That(part, Does.Contain("<span class=\"flag\">unstable</span>").And.Contain("the members of <a href=\"part.html#type-Shape\">"));
    }

    [Test]
    public void The_schema_of_the_repository_has_a_reference_whose_links_lead_somewhere()
    {
        var (status, _, error) = Tool.Run("doc", Path.Combine(Repository.Root, "schema", "qmp.json"), "-o", _directory + "out");
        Assert.That(status, Is.Zero, error);
        var pages = Directory.GetFiles(_directory + "out").ToDictionary(file => Path.GetFileName(file)!, File.ReadAllText);
        Assert.That(pages, Has.Count.GreaterThan(20));
        var targets = pages.SelectMany(page => Id().Matches(page.Value).Select(id => $"{page.Key}#{id.Groups[1].Value}"))
            .Concat(pages.Keys).ToHashSet();
        var broken = pages.SelectMany(page => Link().Matches(page.Value).Select(link => link.Groups[1].Value))
            .Where(link => !targets.Contains(link));
        Assert.That(broken, Is.Empty);
        Assert.That(pages["migration.html"], Does.Contain("for how long the guest may stand still, in milliseconds, 0 to 2000000."));
    }

    [GeneratedRegex("id=\"([^\"]+)\"")]
    private static partial Regex Id();

    [GeneratedRegex("href=\"([^\"]+)\"")]
    private static partial Regex Link();
}
