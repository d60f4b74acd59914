using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Client.Migration;
using Qmp.Client.Tests.Support;
using Qmp.Types;

namespace Qmp.Client.Tests;

/// <summary>The READMEs of the client and of its tests: their snippets are these, and they run; the tests they name exist.</summary>
[TestFixture]
internal sealed partial class ReadmeTests
{
    private StringWriter _output = null!;
    private TemporaryFolder _folder = null!;
    private LiveServer _server = null!;

    private static string Readme => File.ReadAllText(Path.Combine(Source.Root, "src", "Qmp.Client", "README.md"));

    private StringWriter Console => _output;

    [SetUp]
    public async Task SetUp()
    {
        _output = new StringWriter();
        _folder = new TemporaryFolder();
        _server = await LiveServer.StartAsync(ServerKind.Emulator, _folder.File("qmp.sock"));
    }

    [TearDown]
    public async Task TearDown()
    {
        await _server.DisposeAsync();
        await _output.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task Quick_start()
    {
        string path = _folder.File("qmp.sock");
        // snippet: quick-start
        await using QmpConnection vm = await QmpConnection.ConnectUnixAsync(path);
        using EventSubscription events = vm.Subscribe();

        StatusInfo status = await vm.QueryStatusAsync();
        Console.WriteLine($"{vm.Greeting.Version!.Major}.{vm.Greeting.Version.Minor}: {status.Status}");

        await vm.StopAsync();
        while (events.TryRead(out QmpEvent? e)) Console.WriteLine(e.Name);
        // end
        Assert.That(_output.ToString(), Is.EqualTo("10.0: Running\nSTOP\n"));
    }

    [Test]
    public async Task Raw_commands()
    {
        await using QmpConnection vm = await QmpConnection.ConnectUnixAsync(_folder.File("qmp.sock"));
        // snippet: raw
        JToken name = await vm.ExecuteRawAsync("query-name");
        try
        {
            await vm.ExecuteRawAsync("device_del", new JObject { ["id"] = "disk1" });
        }
        catch (QmpCommandException e)
        {
            Console.WriteLine($"{name} {e.Error.Class}");
        }

        // A command and the event that it leads to: the wait begins before the command is sent.
        QmpEvent stopped = await vm.ExecuteAndWaitAsync("stop", null, e => e.Name == "STOP", TimeSpan.FromSeconds(5));
        // end
        Assert.That(_output.ToString(), Does.StartWith("{} "));
        Assert.That(stopped.Timestamp, Is.Not.Null);
    }

    [Test]
    public async Task Migrating()
    {
        await using LiveServer other = await LiveServer.StartAsync(
            ServerKind.Emulator, _folder.File("dst.sock"), waitsForMigration: true);
        await using QmpConnection source = await _server.ConnectAsync();
        await using QmpConnection destination = await other.ConnectAsync();
        string uri = $"unix:{_folder.File("stream")}";
        var attach = () => ValueTask.CompletedTask;
        // snippet: migrate
        await destination.MigrateIncomingAsync(new() { Uri = uri });
        MigrationResult result = await source.RunMigrationAsync(new()
        {
            Uri = uri,
            Parameters = new() { DowntimeLimit = 100 },
            BeforeSwitchover = async (info, stop) => await attach(),
        });
        if (result.Outcome != MigrationOutcome.Completed) Console.WriteLine(result.Reason);
        // end
        Assert.That(result.Outcome, Is.EqualTo(MigrationOutcome.Completed));
    }

    [Test]
    public async Task Coming_back()
    {
        string path = _folder.File("qmp.sock");
        RunState known = RunState.Unrecognized;
        // snippet: reconnect
        await using var vm = new ReconnectingQmpClient(QmpEndpoint.Unix(path), new()
        {
            Resync = async (connection, stop) =>
                known = (await connection.QueryStatusAsync(stop)).Status,
            Disconnected = end => Console.WriteLine(end.Description),
        });
        await vm.StartAsync();
        // end
        Assert.That(known, Is.EqualTo(RunState.Running));
    }

    [Test]
    public void The_snippets_of_the_readme_are_these()
    {
        IEnumerable<string> shown = Regex.Matches(Readme, "```csharp\n(.*?)\n```", RegexOptions.Singleline)
            .Select(m => m.Groups[1].Value);
        Assert.That(
            shown, Is.EqualTo(Snippets.Of(Path.Combine(Source.Tests, nameof(ReadmeTests) + ".cs")).Values));
    }

    [Test]
    public void The_tests_that_the_readme_names_exist()
    {
        string readme = File.ReadAllText(Path.Combine(Source.Tests, "README.md"));
        HashSet<string> named = [.. Regex.Matches(readme, "`(\\w+Tests)\\.(\\w+)`").Select(m => m.Value.Trim('`'))];
        // Some are in other projects, which cannot all be references of this one.
        string tests = Path.Combine(Source.Root, "tests");
        IEnumerable<string> there =
            from file in Directory.EnumerateFiles(tests, "*Tests.cs", SearchOption.AllDirectories)
            from name in TestsIn(File.ReadLines(file))
            select $"{Path.GetFileNameWithoutExtension(file)}.{name}";
        Assert.That(named, Has.Count.GreaterThan(20));
        Assert.That(named, Is.SubsetOf(there));
    }

    private static IEnumerable<string> TestsIn(IEnumerable<string> lines)
    {
        bool isTest = false;
        foreach (string line in lines)
        {
            if (line.StartsWith("    [Test", StringComparison.Ordinal)) isTest = true;
            if (!line.StartsWith("    public ", StringComparison.Ordinal)) continue;
            if (isTest) yield return MethodName().Match(line).Groups[1].Value;
            isTest = false;
        }
    }

    [GeneratedRegex(@"(\w+)\(")]
    private static partial Regex MethodName();
}
