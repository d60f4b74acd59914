using System.Diagnostics;
using Qmp.Shell.Tests.Support;

namespace Qmp.Shell.Tests.Processes;

/// <summary>Tools whose output cannot be written say so and fail; none leaves a stack trace.</summary>
[TestFixture, Parallelizable]
internal sealed class LostOutputTests
{
    private TemporaryFolder _folder = null!;
    private LiveServer _server = null!;

    private static string Schema => Path.Combine(Repository.Root, "schema", "qmp.json");

    [SetUp]
    public async Task SetUp()
    {
        if (!File.Exists("/dev/full")) Assert.Ignore("there is no /dev/full");
        _folder = new TemporaryFolder();
        _server = await LiveServer.StartAsync(ServerKind.Emulator, _folder.File("qmp"));
    }

    [TearDown]
    public async Task TearDown()
    {
        if (_server is not null) await _server.DisposeAsync();
        _folder?.Dispose();
    }

    [TestCase("qmp-shell", "SOCKET -c query-status")]
    [TestCase("qmp-shell", "SOCKET -c help")]
    [TestCase("qmp-shell", "SOCKET -H -c 'info status'")]
    [TestCase("qmp-shell", "--help")]
    [TestCase("qmp-shell", "conform --help")]
    [TestCase("qmp-shell", "--version")]
    [TestCase("qapi", "introspect SCHEMA")]
    [TestCase("qapi", "check --dump SCHEMA")]
    [TestCase("qapi", "diff /dev/null SCHEMA --json")]
    [TestCase("qapi", "--help")]
    [TestCase("demo", "--help")]
    [TestCase("demo", "--scenario precopy")]
    public async Task Output_that_is_lost_is_a_failure(string tool, string arguments)
    {
        (int status, string error) = await RunAsync(tool, arguments, "> /dev/full");
        Assert.That(status, Is.EqualTo(1), error);
        Assert.That(error, Is.EqualTo($"{tool}: standard output: No space left on device\n"));
    }

    [Test]
    public async Task A_recording_that_is_lost_is_a_failure()
    {
        (int status, string error) = await RunAsync("qmp-shell", "SOCKET --record /dev/full -c query-status", "> /dev/null");
        Assert.That(status, Is.EqualTo(1));
        Assert.That(error, Does.StartWith("qmp-shell: No space left on device"));
    }

    [Test]
    public async Task Generated_code_that_is_lost_is_a_failure()
    {
        string schema = _folder.File("schema.json");
        string code = _folder.File("out");
        await File.WriteAllTextAsync(schema, "{ 'enum': 'Colour', 'data': [ 'red' ] }\n");
        Assert.That((await RunAsync("qapi", $"generate {schema} --namespace N --output {code}", "")).Status, Is.Zero);
        string file = Directory.GetFiles(code)[0];
        File.Delete(file);
        File.CreateSymbolicLink(file, "/dev/full");
        (int status, string error) = await RunAsync("qapi", $"generate {schema} --namespace N --output {code}", "");
        Assert.That(status, Is.EqualTo(1));
        Assert.That(error, Does.StartWith("qapi: ").And.Not.Contain("   at "));
    }

    [TestCase("qmp-shell", "SOCKET -c nonsense", 2)]
    [TestCase("qapi", "check /nothing/there", 1)]
    [TestCase("demo", "--rate x", 2)]
    public async Task Complaints_that_are_lost_change_nothing(string tool, string arguments, int status) =>
        Assert.That((await RunAsync(tool, arguments, "2> /dev/full")).Status, Is.EqualTo(status));

    [TestCase("qmp-shell", "--help")]
    [TestCase("qapi", "--help")]
    [TestCase("demo", "--help")]
    public async Task A_closed_output_is_a_failure_in_words(string tool, string arguments)
    {
        (int status, string error) = await RunAsync(tool, arguments, ">&-");
        Assert.That(status, Is.EqualTo(1), error);
        Assert.That(error, Does.StartWith($"{tool}: standard output: ").And.Not.Contain("   at "));
    }

    [TestCase("demo", "--rate x", "demo: --rate: 'x' is not a number from 0 to 1024")]
    [TestCase("demo", "--rate", "demo: ")]
    [TestCase("demo", "--rate 2000", "demo: --rate: '2000' is not a number from 0 to 1024")]
    [TestCase("demo", "--memory 1e3", "demo: --memory: '1e3' is not a number from 64 to 8192")]
    [TestCase("demo", "--memory -1", "demo: ")]
    [TestCase("demo", "--nonsense", "demo: ")]
    [TestCase("demo", "nonsense", "demo: ")]
    [TestCase("qapi", "--nonsense", "qapi: ")]
    [TestCase("qapi", "", "qapi: ")]
    [TestCase("qapi", "check", "qapi: ")]
    [TestCase("qapi", "generate SCHEMA --namespace N --output ''", "qapi: --output: the name of a directory is missing")]
    [TestCase("qapi", "generate SCHEMA --namespace N --output /tmp/x --emit 7", "qapi: ")]
    [TestCase("qapi", "generate SCHEMA --namespace 1 --output /tmp/x", "qapi: ")]
    [TestCase("qmp-shell", "SOCKET --record '' -c query-status", "qmp-shell: --record: the name of a file is missing")]
    [TestCase("qmp-shell", "SOCKET -f ''", "qmp-shell: --file: the name of a file is missing")]
    [TestCase("qmp-shell", "conform '' -- x", "qmp-shell: PATH is empty")]
    [TestCase("qmp-shell", "conform x -- ''", "qmp-shell: EMULATOR is empty")]
    [TestCase("qmp-shell", "127.0.0.1:99999 -c query-status", "qmp-shell: '127.0.0.1:99999': port 99999 is out of range, 1 to 65535")]
    [TestCase("qmp-shell", "tcp:[::1]:0 -c query-status", "qmp-shell: 'tcp:[::1]:0': port 0 is out of range")]
    [TestCase("qmp-shell", "SOCKET --timeout 1e300 -c x", "qmp-shell: ")]
    public async Task Wrong_options_are_bad_usage(string tool, string arguments, string message)
    {
        (int status, string error) = await RunAsync(tool, arguments, "> /dev/null");
        Assert.That(status, Is.EqualTo(2), error);
        Assert.That(error, Does.StartWith(message).And.Not.Contain("   at "));
    }

    private async Task<(int Status, string Error)> RunAsync(string tool, string arguments, string redirections)
    {
        string words = arguments.Replace("SOCKET", _folder.File("qmp"), StringComparison.Ordinal)
            .Replace("SCHEMA", Schema, StringComparison.Ordinal);
        using Process process = Process.Start(
            new ProcessStartInfo("/bin/sh", ["-c", $"exec {Programs.Find(tool)} {words} {redirections} < /dev/null"])
            {
                RedirectStandardError = true,
            })!;
        string error = await process.StandardError.ReadToEndAsync().Guarded();
        await process.WaitForExitAsync().Guarded();
        return (process.ExitCode, error);
    }
}
