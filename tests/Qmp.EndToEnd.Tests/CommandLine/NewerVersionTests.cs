using System.Diagnostics;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.CommandLine;

/// <summary>What is played of QEMU 11.1 beside the real one, which the environment names: the same output.</summary>
[TestFixture, Parallelizable]
[Category("Slow")]
internal sealed partial class NewerVersionTests
{
    private const string Variable = "QMP_QEMU_11_1";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string[] Played = ["-x-qemu-version", "11.1"];

    [TestCase("-machine help")]
    [TestCase("-cpu help")]
    [TestCase("-smp help")]
    [TestCase("-boot help")]
    [TestCase("-machine pc-i440fx-4.2")]
    [TestCase("-machine nope")]
    [TestCase("-M none -chardev socket,id=s,path=/nope/s,server=off,reconnect=1")]
    [TestCase("-M none -chardev vc,id=c,encoding=nope")]
    [TestCase("-M none -chardev null,id=c,encoding=utf8")]
    [TestCase("-M none -chardev null,id=c,logtimestamp=maybe")]
    [TestCase("-M none -object monitor-qmp,id=x,chardev=nope")]
    [TestCase("-M none -object monitor-qmp,id=x")]
    [TestCase("-M none -chardev null,id=n -object monitor-qmp,id=x,chardev=n -object monitor-hmp,id=y,chardev=n")]
    [TestCase("-M none -mon chardev=nope")]
    [TestCase("-M none -object iothread,id=i,poll-weight=-1")]
    [TestCase("-M pc -cpu nope")]
    public async Task Command_line_has_the_same_outcome(string line)
    {
        string[] words = [.. line.Split(' '), "-display", "none", "-nodefaults"];
        Run theirs = await RunAsync(Program(), words, []);
        Assert.That(await RunAsync(EmulatorPrograms.PathOf(EmulatorKind.Qmpd), [.. Played, .. words], []), Is.EqualTo(theirs));
    }

    // Order counts only where it is the same each time in QEMU.
    [TestCase("-M none", "query-machines")]
    [TestCase("-M none", "query-machines", "{'compat-props': true}")]
    [TestCase("-M none", "query-cpu-definitions")]
    [TestCase("-M none", "query-cpu-model-expansion", "{'type': 'full', 'model': {'name': 'qemu64'}}")]
    [TestCase("-M none", "query-cpu-model-expansion", "{'type': 'static', 'model': {'name': 'EPYC-Turin'}}")]
    [TestCase("-M none", "query-command-line-options", "{'option': 'chardev'}")]
    [TestCase("-M none", "query-command-line-options")]
    [TestCase("-M none", "qom-list-types")]
    [TestCase("-M none", "qom-list-types", "{'implements': 'device', 'abstract': true}")]
    [TestCase("-M none", "query-tpm-models")]
    [TestCase("-M none", "query-accelerators")]
    [TestCase("-M none", "query-gic-capabilities")]
    [TestCase("-M none", "qom-list", "{'path': '/'}")]
    [TestCase("-M none", "qom-list", "{'path': '/machine'}")]
    [TestCase("-M none", "qom-list", "{'path': '/objects/compat_monitor0'}")]
    [TestCase("-M none", "qom-list-get", "{'paths': ['/objects/compat_monitor0']}")]
    [TestCase("-M none -audiodev none,id=a", "qom-list", "{'path': '/audiodevs'}")]
    [TestCase("-M none -object iothread,id=i", "qom-list-get", "{'paths': ['/objects/i']}")]
    [TestCase("-M none -blockdev null-co,node-name=n -blockdev raw,node-name=r,file=n", "query-named-block-nodes")]
    [TestCase("-M pc -blockdev null-co,node-name=n -device virtio-blk-pci,drive=n,id=v", "query-block", "{'flat': true}")]
    [TestCase("-M none", "object-del", "{'id': 'compat_monitor0'}")]
    [TestCase("-M none -monitor null", "object-del", "{'id': 'compat_monitor0'}")]
    [TestCase("-M none", "object-add", "{'qom-type': 'monitor-qmp', 'id': 'm', 'chardev': 'nope'}")]
    [TestCase("-M none", "object-add", "{'qom-type': 'monitor-qmp', 'id': 'm', 'chardev': 'compat_monitor0'}")]
    [TestCase("-M none", "object-add", "{'qom-type': 'monitor-qmp', 'id': 'm', 'chardev': 'x', 'close-action': 'keep'}")]
    [TestCase("-M none", "chardev-add", "{'id': 'c', 'backend': {'type': 'socket', 'data': {'reconnect': 1, 'addr': {'type': 'unix', 'data': {'path': 'x'}}}}}")]
    [TestCase("-M none", "x-query-opcount")]
    [TestCase("-M none", "blockdev-add", "{'driver': 'gluster', 'node-name': 'g'}")]
    [TestCase("-M none", "netdev_add", "{'type': 'nope', 'id': 'g'}")]
    [TestCase("-M pc", "device-list-properties", "{'typename': 'virtio-blk-pci'}")]
    [TestCase("-M pc", "device-list-properties", "{'typename': 'virtio-net-pci'}")]
    [TestCase("-M pc", "qom-list-properties", "{'typename': 'iothread'}")]
    [TestCase("-M pc -device virtio-rng-pci,id=r", "qom-get", "{'path': 'r', 'property': 'x-pcie-pm-no-soft-reset'}")]
    public async Task Answer_is_the_same(string machine, string command, string arguments = "{}")
    {
        string[] words = [.. machine.Split(' '), "-S", "-display", "none", "-nodefaults", "-qmp", "stdio"];
        JObject asked = new() { ["execute"] = command, ["arguments"] = JObject.Parse(arguments) };
        JToken theirs = await AskAsync(Program(), words, asked);
        JToken ours = await AskAsync(EmulatorPrograms.PathOf(EmulatorKind.Qmpd), [.. Played, .. words], asked);
        DropSentences(theirs);
        DropSentences(ours);
        Assert.That(JToken.DeepEquals(Sorted(ours), Sorted(theirs)), $"{Sorted(ours)}\n{Sorted(theirs)}");
    }

    // Those that are not here are left out.
    [TestCase("query-commands")]
    [TestCase("query-chardev-backends")]
    public async Task Names_are_QEMUs_in_its_order(string command)
    {
        string[] words = ["-M", "none", "-display", "none", "-nodefaults", "-qmp", "stdio"];
        JObject asked = new() { ["execute"] = command };
        string[] theirs = [.. (await AskAsync(Program(), words, asked))["return"]!.Select(c => (string)c["name"]!)];
        string[] ours = [.. (await AskAsync(EmulatorPrograms.PathOf(EmulatorKind.Qmpd), [.. Played, .. words], asked))["return"]!.Select(c => (string)c["name"]!)];
        Assert.That(ours, Is.EqualTo(theirs.Where(ours.Contains).ToArray()));
    }

    private static string Program()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } program) return program;
        Assert.Ignore($"{Variable} names no QEMU 11.1");
        return "";
    }

    // They are not kept.
    private static void DropSentences(JToken reply)
    {
        string[] paths = ["$.return..description", "$.return..help"];
        foreach (JProperty sentence in paths.SelectMany(path => reply.SelectTokens(path)).Select(text => (JProperty)text.Parent!).ToList())
        {
            sentence.Remove();
        }
    }

    private static JToken Sorted(JToken reply) => reply["return"] is JArray list
        ? new JArray(list.OrderBy(item => item.ToString(), StringComparer.Ordinal))
        : reply;

    private static async Task<JToken> AskAsync(string program, string[] words, JObject command)
    {
        Run run = await RunAsync(program, words, [command]);
        return JToken.Parse(run.Output.Split('\n')[2]);
    }

    private static async Task<Run> RunAsync(string program, string[] words, JObject[] commands)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, words)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            await SayAsync(process, commands);
            await process.WaitForExitAsync().WaitAsync(Patience);
            return new Run(process.ExitCode, await output, ProgramName().Replace(await errors, ""));
        }
        finally
        {
            process.Kill(entireProcessTree: true); // the program may be a script that runs QEMU
        }
    }

    private static async Task SayAsync(Process process, JObject[] commands)
    {
        if (commands.Length == 0) return;
        foreach (JObject command in (JObject[])[new() { ["execute"] = "qmp_capabilities" }, .. commands, new() { ["execute"] = "quit" }])
        {
            await process.StandardInput.WriteLineAsync(command.ToString(Newtonsoft.Json.Formatting.None));
        }

        await process.StandardInput.FlushAsync();
    }

    [GeneratedRegex("^(qemu-system-x86_64|qmpd): ", RegexOptions.Multiline)]
    private static partial Regex ProgramName();

    private sealed record Run(int Status, string Output, string Errors);
}
