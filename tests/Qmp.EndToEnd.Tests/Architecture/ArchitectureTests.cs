using System.Xml.Linq;

namespace Qmp.EndToEnd.Tests.Architecture;

/// <summary>Who may know whom. Arrows go down only, transitive ones too.</summary>
[TestFixture]
internal sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Qapi"] = [],
        ["Qapi.Generators"] = [],
        ["Qmp.Types"] = ["Qapi.Generators"],
        ["Qmp.Linux"] = [],
        ["Qmp.Protocol"] = ["Qmp.Linux"],
        ["Qmp.Server"] = ["Qmp.Protocol"],
        ["Qmp.Client"] = ["Qmp.Protocol"],
        ["Qmp.Api"] = ["Qapi.Generators", "Qmp.Types", "Qmp.Protocol", "Qmp.Server", "Qmp.Client"],
        ["Qmp.Machine"] = ["Qmp.Types", "Qmp.Linux"],
        ["Qmp.Tls"] = ["Qmp.Linux"],
        ["Qmp.Migration"] = ["Qmp.Machine", "Qmp.Tls", "Qmp.Types", "Qmp.Linux"],
        ["Qmp.Cpu"] = ["Qmp.Machine"],
        ["Qmp.Devices"] = ["Qmp.Cpu", "Qmp.Migration", "Qmp.Machine", "Qmp.Types"],
        ["Qmp.Emulator"] = ["Qmp.Api", "Qmp.Cpu", "Qmp.Devices", "Qmp.Tls", "Qmp.Linux"],
        ["Qmp.Client.Migration"] = ["Qmp.Client", "Qmp.Api"],
        ["Qmp.Conversations"] = [],
        ["Qmp.Simulation"] = ["Qmp.Emulator"],
        ["Qmp.Testing"] = ["Qmp.Emulator", "Qmp.Conversations"],
        ["Qmp.StreamJsonRpc"] = ["Qmp.Protocol"],
        ["qapi"] = ["Qapi"],
        ["qmpd"] = ["Qmp.Simulation"],
        ["qmp-shell"] = ["Qapi", "Qmp.Client.Migration", "Qmp.Conversations"],
        ["qmp-sim"] = ["Qmp.Simulation"],
        ["demo"] = ["Qmp.Client.Migration", "Qmp.Simulation", "qmpd"],
    };

    private static readonly string[] Schemaless = ["Qmp.Protocol", "Qmp.Server", "Qmp.Client"];

    private static readonly string[] Monitorless = ["Qmp.Machine", "Qmp.Cpu", "Qmp.Migration", "Qmp.Devices"];

    private const int LongestType = 400;

    private static IEnumerable<string> Projects() =>
        from root in (string[])["src", "tools"]
        from folder in Directory.GetDirectories(Path.Combine(Repository.Root, root))
        let name = Path.GetFileName(folder)
        where File.Exists(Path.Combine(folder, name + ".csproj"))
        select name;

    [TestCaseSource(nameof(Projects))]
    public void Project_references_what_it_may(string project)
    {
        Assert.That(Allowed, Does.ContainKey(project), "a new project needs a place in the layers");
        Assert.That(References(project), Is.SubsetOf(Allowed[project]));
    }

    [TestCaseSource(nameof(Projects))]
    public void Folders_of_a_project_form_no_cycle(string project)
    {
        string cycles = string.Join('\n', FolderGraph.Of(Folder(project)).Cycles());
        Assert.That(cycles, Is.Empty);
    }

    [TestCaseSource(nameof(Projects))]
    public void No_type_is_long(string project)
    {
        // The parts of a type count together.
        IEnumerable<string> found =
            from type in FolderGraph.Read(Folder(project)).SelectMany(f => f.Types)
            group type.Lines by type.Name into parts
            where parts.Sum() > LongestType
            select $"{parts.Key}: {parts.Sum()} lines";
        Assert.That(found, Is.Empty);
    }

    [Test]
    public void The_shell_ships_no_emulator() =>
        Assert.That(Reachable("qmp-shell"), Has.No.Member("Qmp.Emulator").And.No.Member("Qmp.Testing"));

    [TestCaseSource(nameof(Schemaless))]
    public void Protocol_server_and_client_know_no_schema(string project) =>
        Assert.That(Reachable(project), Has.No.Member("Qmp.Types").And.No.Member("Qmp.Api"));

    [TestCaseSource(nameof(Monitorless))]
    public void Machine_migration_and_devices_know_no_monitor(string project) =>
        Assert.That(Reachable(project).Intersect(["Qmp.Protocol", "Qmp.Server", "Qmp.Client", "Qmp.Api"]), Is.Empty);

    [TestCaseSource(nameof(Monitorless))]
    public void Code_on_a_timeline_starts_no_thread_and_hops_to_none(string project)
    {
        string[] banned = ["Task.Run(", "Task.Delay(", ".ConfigureAwait(false)", "ThreadPool.", "new Thread("];
        IEnumerable<string> found =
            from file in Directory.EnumerateFiles(
                Path.Combine(Repository.Root, "src", project), "*.cs", SearchOption.AllDirectories)
            where Path.GetFileName(file) != "ThreadActivity.cs"
            let text = File.ReadAllText(file)
            from word in banned
            where text.Contains(word, StringComparison.Ordinal)
            select $"{Path.GetFileName(file)}: {word}";
        Assert.That(found, Is.Empty);
    }

    [Test]
    public void All_of_the_emulator_is_in_a_layer() =>
        Assert.That(Directory.GetFiles(Folder("Qmp.Emulator"), "*.cs"), Is.Empty);

    [Test]
    public void Top_level_holds_nothing_else()
    {
        string[] allowed =
        [
            "src", "schema", "tests", "tools", "Qmp.sln", "README.md", "global.json", "Directory.Build.props",
            "Directory.Packages.props", "Directory.Build.targets", "artifacts",
        ];
        IEnumerable<string> entries = Directory.EnumerateFileSystemEntries(Repository.Root)
            .Select(e => Path.GetFileName(e)!)
            .Where(e => !e.StartsWith('.'));
        Assert.That(entries, Is.SubsetOf(allowed));
    }

    // Projects are started in that order. An assembly that waits for a long one seems to hang.
    [Test]
    public void The_solution_lists_test_projects_that_share_their_turn_first_and_the_longest_last()
    {
        const string Mark = ".Tests.csproj\"";
        string[] projects =
        [
            .. from line in File.ReadLines(Path.Combine(Repository.Root, "Qmp.sln"))
               where line.Contains(Mark, StringComparison.Ordinal)
               select Path.Combine(Repository.Root, line.Split('"')[5].Replace('\\', '/')),
        ];
        bool[] share = [.. projects.Select(project => File.ReadAllText(project).Contains("SharesTurn", StringComparison.Ordinal))];
        Assert.That(share, Is.Ordered.Descending);
        Assert.That(Path.GetFileName(projects[^1]), Is.EqualTo("Qmp.EndToEnd.Tests.csproj"));
    }

    private static string Folder(string project) =>
        Path.Combine(Repository.Root, project.Contains('.') || project == "Qapi" ? "src" : "tools", project);

    private static HashSet<string> Reachable(string project)
    {
        var reached = new HashSet<string>();
        var open = new Queue<string>([project]);
        while (open.TryDequeue(out string? next))
        {
            foreach (string reference in References(next))
            {
                if (reached.Add(reference)) open.Enqueue(reference);
            }
        }

        return reached;
    }

    private static string[] References(string project)
    {
        string file = Path.Combine(Folder(project), project + ".csproj");
        return
        [
            .. XDocument.Load(file).Descendants("ProjectReference")
                .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/'))),
        ];
    }
}
