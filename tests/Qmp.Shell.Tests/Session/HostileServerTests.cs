using Newtonsoft.Json.Linq;
using Qmp.Client;
using Qmp.Shell.CommandLine;
using Qmp.Shell.Completion;
using Qmp.Shell.Interactive;
using Qmp.Shell.Output;
using Qmp.Shell.Scripts;
using Qmp.Shell.Session;
using Qmp.Shell.Terminal;
using Qmp.Shell.Tests.Support;

namespace Qmp.Shell.Tests.Session;

/// <summary>A server that tries to have the terminal do things: nothing of it gets there, wherever it says it.</summary>
[TestFixture]
internal sealed class HostileServerTests
{
    private const string Attack = "\\u001b]0;PWN\\u0007\\u009b31m\\u202e";

    private static string Raw => (string)JToken.Parse($"\"{Attack}\"")!;

    private static string Greeting =>
        "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 2, \"minor\": 0, \"major\": 10}, \"package\": \"" + Attack + "\\nx\"}, "
        + "\"capabilities\": []}}";

    [Test]
    public async Task In_a_script()
    {
        var output = new StringWriter();
        var error = new StringWriter();
        (ScriptedPeer peer, QmpEndpoint endpoint) = ScriptedPeer.Create();
        using ScriptedPeer _ = peer;
        Task<int> running = ShellProgram.RunScriptAsync(
            [new ShellSettings { Endpoint = endpoint }],
            ScriptLine.Of(["query-name", "expect X" + Raw + " 5", "query-status"]),
            new EscapingWriter(output),
            new EscapingWriter(error));
        await AcceptAsync(peer);
        await peer.AnswerAsync("query-name", new JObject { ["name" + Raw] = Raw });
        peer.Fail(await peer.ExpectAsync("query-qmp-schema"), "there is none");
        peer.Raise("X" + Raw, new JObject { [Raw] = Raw });
        peer.Fail(await peer.ExpectAsync("query-status"), Raw, "Class" + Raw);
        Assert.That(await running.Guarded(), Is.EqualTo(1));
        CheckIsSafe(output.ToString());
        CheckIsSafe(error.ToString());
        Assert.That(error.ToString(), Does.Contain("PWN"), "it is shown");
    }

    [Test]
    public async Task As_a_human_monitor()
    {
        var output = new StringWriter();
        (ScriptedPeer peer, QmpEndpoint endpoint) = ScriptedPeer.Create();
        using ScriptedPeer _ = peer;
        Task<int> running = ShellProgram.RunScriptAsync(
            [new ShellSettings { Endpoint = endpoint, HumanMonitor = true }],
            ScriptLine.Of(["info status"]),
            new EscapingWriter(output),
            TextWriter.Null);
        await AcceptAsync(peer);
        await peer.AnswerAsync("human-monitor-command", "one\r\n" + Raw + "\rtwo\r\n");
        Assert.That(await running.Guarded(), Is.Zero);
        CheckIsSafe(output.ToString());
        Assert.That(output.ToString().Split('\n'), Has.Length.EqualTo(4).Or.Length.EqualTo(3));
    }

    [TestCase("unknown command: 'info foo'\r\n", 1)]
    [TestCase("Error: no such thing\r\n", 1)]
    [TestCase("migrate: string expected\r\nTry \"help migrate\" for more information\r\n", 1)]
    [TestCase("VM status: running\r\n", 0)]
    [TestCase("", 0)]
    public async Task A_human_command_that_was_not_carried_out_is_a_failure(string reply, int status)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        (ScriptedPeer peer, QmpEndpoint endpoint) = ScriptedPeer.Create();
        using ScriptedPeer _ = peer;
        Task<int> running = ShellProgram.RunScriptAsync(
            [new ShellSettings { Endpoint = endpoint, HumanMonitor = true }], ScriptLine.Of(["info foo"]), output, error);
        await AcceptAsync(peer);
        await peer.AnswerAsync("human-monitor-command", reply);
        Assert.That(await running.Guarded(), Is.EqualTo(status));
        Assert.That(output.ToString(), Is.EqualTo(reply.ReplaceLineEndings("\n")));
        Assert.That(error.ToString(), status == 0 ? Is.Empty : Does.StartWith("qmp-shell: -c 1: "));
    }

    [Test]
    public async Task On_a_terminal()
    {
        var terminal = new FakeTerminal(200);
        using var editor = new LineEditor(terminal, new History(null));
        (ScriptedPeer peer, QmpEndpoint endpoint) = ScriptedPeer.Create();
        using ScriptedPeer _ = peer;
        var settings = new ShellSettings { Endpoint = endpoint };
        Task<ShellSession> opening = ShellSession.OpenAsync(settings);
        await AcceptAsync(peer, HostileSchema());
        await using ShellSession session = await opening.Guarded();
        editor.Complete = (text, cursor) =>
            new CommandCompleter(session.Schema!, InteractiveShell.Builtins).Complete(text, cursor);
        Task<int> shell = new InteractiveShell(session, settings, editor, new Paint(true)).RunAsync();
        await terminal.UntilAsync(text => text.Contains("PWN\\u0007"));
        peer.Raise("E" + Raw, new JObject { ["k" + Raw] = Raw });
        await terminal.UntilAsync(text => text.Contains("E\\u001b]0;PWN"));
        terminal.Press("query-e\t\t");
        await terminal.UntilAsync(text => text.Contains("query-evil\\u001b]0;PWN"));
        terminal.Press("\u0003query-name\r");
        peer.Fail(await peer.ExpectAsync("query-name"), Raw, "Class" + Raw);
        await terminal.UntilAsync(text => text.Contains("\"desc\": \"\\u001B"));
        terminal.Press("help query-other\r");
        await terminal.UntilAsync(text => text.Contains("member\\u001b"));
        terminal.Press("\u0004");
        Assert.That(await shell.Guarded(), Is.Zero);
        // What else it sends than colours and movements the screen refuses; these are the attack's.
        Assert.That(terminal.Written, Does.Not.Contain("\e]").And.Not.Contain("\a").And.Not.Contain("\u009b").And.Not.Contain("\u202e"));
    }

    private static async Task AcceptAsync(ScriptedPeer peer, JArray? schema = null)
    {
        peer.Send(Greeting);
        peer.Return(await peer.ExpectAsync("qmp_capabilities"));
        JObject next = await peer.PeekAsync();
        if ((string?)next["execute"] != "query-qmp-schema") return;
        JObject query = await peer.NextAsync();
        if (schema is null) peer.Fail(query, "none", "CommandNotFound");
        else peer.Return(query, schema);
    }

    private static JArray HostileSchema() => new(
        Entity("command", "query-name"),
        Entity("command", "query-evil" + Raw),
        Entity("command", "query-evil2"),
        Entity("command", "query-other", "1"),
        new JObject { ["meta-type"] = "object", ["name"] = "0", ["members"] = new JArray() },
        new JObject { ["meta-type"] = "builtin", ["name"] = "str", ["json-type"] = "string" },
        new JObject
        {
            ["meta-type"] = "object", ["name"] = "1",
            ["members"] = new JArray(new JObject { ["name"] = "member" + Raw, ["type"] = "str" }),
        });

    private static JObject Entity(string kind, string name, string arguments = "0") =>
        new() { ["meta-type"] = kind, ["name"] = name, ["arg-type"] = arguments, ["ret-type"] = "0" };

    private static void CheckIsSafe(string printed) => Assert.That(
        printed.Where(c => c is not ('\n' or '\t') && (char.IsControl(c) || c == '\u202e')), Is.Empty, printed);
}
