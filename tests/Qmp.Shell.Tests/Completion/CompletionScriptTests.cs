using System.Diagnostics;
using Qmp.Shell.Tests.Support;

namespace Qmp.Shell.Tests.Completion;

/// <summary>The scripts of <c>qmp-shell completion</c>, in the shells that they are for.</summary>
[TestFixture]
internal sealed class CompletionScriptTests
{
    private const string Bash =
        """
        eval "$("$0" completion bash)"
        COMP_WORDS=("$0" "$@") COMP_CWORD=$# COMP_LINE="$0 $*" COMP_POINT=${#COMP_LINE}
        COMP_POINT=$(( ${#0} + 1 + $(printf %s "$*" | wc -m) ))
        _qmp_shell
        printf '%s\n' "${COMPREPLY[@]}"
        """;

    private const string Fish = "set -l program $argv[1]; $program completion fish | source; "
        + "complete --do-complete \"$argv\" | string replace -r '\\t.*' ''";

    [Test]
    public async Task Bash_completes_options() =>
        Assert.That(await BashAsync("vm.qmp", "--com"), Is.EqualTo(["--command"]));

    [Test]
    public async Task Bash_completes_commands_of_the_shell() =>
        Assert.That(await BashAsync("comp"), Is.EqualTo(["completion"]));

    [Test]
    public async Task Bash_completes_commands_of_the_server()
    {
        using var folder = new TemporaryFolder();
        string socket = folder.File("qmp");
        await using LiveServer server = await LiveServer.StartAsync(ServerKind.Emulator, socket);
        Assert.That(await BashAsync(socket, "-c", "query-stat"), Is.SupersetOf(new[] { "query-status" }));
    }

    [Test]
    public async Task Bash_leaves_files_to_itself() => Assert.That(await BashAsync("/usr/b"), Is.EqualTo([""]));

    [TestCase("zsh", "-n")]
    [TestCase("fish", "--no-execute")]
    public async Task Others_can_parse_theirs(string shell, string check)
    {
        ShellRun run = await ShellRun.RunAsync("completion", shell);
        Assert.That(run.Status, Is.Zero, run.Error);
        using var folder = new TemporaryFolder();
        string file = folder.File("completion");
        await File.WriteAllTextAsync(file, run.Output);
        Assert.That(await RunAsync(shell, check, file), Is.Empty);
    }

    [Test]
    public async Task Fish_completes_options() =>
        Assert.That(await RunAsync("fish", "-c", Fish, Programs.Shell, "--com"), Is.EqualTo(["--command"]));

    [Test]
    public async Task Another_shell_is_refused()
    {
        ShellRun run = await ShellRun.RunAsync("completion", "tcsh");
        Assert.That(run.Status, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("tcsh"));
    }

    private static Task<string[]> BashAsync(params string[] words) =>
        RunAsync("bash", ["-c", Bash, Programs.Shell, .. words]);

    private static async Task<string[]> RunAsync(string shell, params string[] words)
    {
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(shell, words) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string output = await process.StandardOutput.ReadToEndAsync().Guarded();
            Assert.That(await process.StandardError.ReadToEndAsync().Guarded(), Is.Empty);
            return output.Length == 0 ? [] : output.TrimEnd('\n').Split('\n');
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            Assert.Ignore($"{shell} is not installed: {e.Message}");
            return [];
        }
    }
}
