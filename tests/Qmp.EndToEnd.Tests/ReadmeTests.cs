using System.Diagnostics;
using System.Text.RegularExpressions;
using Qmp.Api;
using Qmp.Client;
using Qmp.Client.Migration;
using Qmp.Testing;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests;

/// <summary>The READMEs of the repository, of the harness and of the driver: their snippets are tests, and their links lead somewhere.</summary>
[Category("Slow")]
[TestFixture]
internal sealed partial class ReadmeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static string Text(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    [TestCase(0)]
    [TestCase(1)]
    public async Task A_script_prints_what_is_said(int index)
    {
        Match example = ScriptPattern().Matches(Text("README.md"))[index];
        if (Environment.GetEnvironmentVariable("QMPD") is null
            && !File.Exists(Path.Combine(Repository.Root, "artifacts/bin/qmpd/release/qmpd")))
        {
            Assert.Ignore("the scripts of the README need a Release build");
        }

        string pattern = Regex.Escape(example.Groups["output"].Value).Replace("…", ".*", StringComparison.Ordinal);
        string script = example.Groups["script"].Value;
        // The script looks for the programs where the build leaves them.
        foreach ((string variable, string program) in new[] { ("QMPD", "qmpd"), ("QMP_SHELL", "qmp-shell") })
        {
            if (Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } path) continue;
            script = script.Replace($"$PWD/artifacts/bin/{program}/release", Path.GetDirectoryName(Path.GetFullPath(path)));
        }

        Assert.That(await RunAsync(script), Does.Match($"^{pattern}$"));
    }

    [Test]
    public async Task Driving_a_machine()
    {
        var output = new StringWriter();
        StringWriter Console = output;
        using var folder = new TemporaryFolder();
        string path = folder.File("vm");
        string uri = $"unix:{folder.File("mig")}";
        await using TestVm destination = await TestVm.StartAsync("-m", "16M", "-incoming", uri);
        await using TestVm source = await TestVm.StartAsync("-m", "16M", "-qmp", $"unix:{path},server=on,wait=off");
        {
            // snippet: client
            await using QmpConnection vm = await QmpConnection.ConnectUnixAsync(path);
            using EventSubscription events = vm.Subscribe();
            StatusInfo status = await vm.QueryStatusAsync();
            Console.WriteLine($"QEMU {vm.Greeting.Version!.Major}.{vm.Greeting.Version.Minor} is {status.Status}");

            MigrationResult result = await vm.RunMigrationAsync(new()
            {
                Uri = uri,
                Capabilities = new Dictionary<MigrationCapability, bool> { [MigrationCapability.Events] = true },
                Parameters = new() { DowntimeLimit = 100 },
            });
            Console.WriteLine(result.Outcome);
            while (events.TryRead(out QmpEvent? e)) Console.WriteLine(e.Name);
            // end
        }

        Assert.That(output.ToString(), Does.StartWith("QEMU 10.0 is Running\nCompleted\nMIGRATION\n"));
    }

    [Test]
    public async Task Testing_without_a_process()
    {
        // snippet: harness
        await using TestVm vm = await TestVm.StartAsync("-M", "none", "-m", "64M", "-S");
        await using QmpConnection qmp = await vm.ConnectAsync();
        // end
        Assert.That((await new RunStateClient(qmp).QueryStatusAsync(new())).Running, Is.False);
    }

    [TestCase("README.md", "ReadmeTests.cs", "Testing/QemuProcessTests.cs")]
    [TestCase("src/Qmp.Client.Migration/README.md", "Driving/PostcopyTests.cs")]
    [TestCase("src/Qmp.Testing/README.md", "Testing/TestVmTests.cs", "Testing/ScriptedMonitorTests.cs", "Testing/VirtualTimeTests.cs")]
    public void Code_is_that_of_a_test(string readme, params string[] tests)
    {
        IEnumerable<string> shown = CodePattern().Matches(Text(readme)).Select(m => m.Groups[1].Value);
        IEnumerable<string> run = tests.SelectMany(
            t => Snippets.Of(Path.Combine(Repository.Root, "tests", "Qmp.EndToEnd.Tests", t)).Values);
        Assert.That(shown, Is.EqualTo(run));
    }

    [Test]
    public void Links_lead_somewhere()
    {
        string[] broken =
        [
            .. from readme in Directory.EnumerateFiles(Repository.Root, "README.md", SearchOption.AllDirectories)
               where !readme.Contains("/artifacts/", StringComparison.Ordinal)
               from Match link in LinkPattern().Matches(File.ReadAllText(readme))
               let target = Path.Combine(Path.GetDirectoryName(readme)!, link.Groups[1].Value)
               where !Path.Exists(target)
               select $"{readme}: {link.Groups[1].Value}",
        ];
        Assert.That(broken, Is.Empty);
    }

    // What it has started ends with it, however it ends.
    private static async Task<string> RunAsync(string script)
    {
        var start = new ProcessStartInfo("bash")
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Repository.Root,
            ArgumentList = { "-e", "-c", $"trap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n{script}" },
        };
        using var process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Patience);
            Assert.That(process.ExitCode, Is.Zero);
            return await output.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw new AssertionException($"the script does not end; it has printed: {await output}");
        }
    }

    [GeneratedRegex("```bash\n(?<script>.*?)```\n\n```text\n(?<output>.*?)```", RegexOptions.Singleline)]
    private static partial Regex ScriptPattern();

    [GeneratedRegex("```csharp\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex CodePattern();

    [GeneratedRegex(@"\]\((?!https?:)([^)#]+)")]
    private static partial Regex LinkPattern();
}
