using Newtonsoft.Json.Linq;
using Qmp.Shell.CommandLine;
using Qmp.Shell.Scripts;
using Qmp.Shell.Session;

namespace Qmp.Shell.Tests.Session;

/// <summary>Servers that do not greet, or are negotiated with by hand.</summary>
[TestFixture]
internal sealed class GuestAgentTests
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [SetUp]
    public void SetUp()
    {
        _output.GetStringBuilder().Clear();
        _error.GetStringBuilder().Clear();
    }

    [OneTimeTearDown]
    public void TearDown()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Test]
    public async Task A_guest_agent_has_no_schema_and_words_mean_what_they_look_like()
    {
        (ScriptedPeer peer, Client.QmpEndpoint endpoint) = ScriptedPeer.Create();
        using ScriptedPeer _ = peer;
        Task<int> running = RunAsync(endpoint, "guest-sync id=5 text=\"5\" on=true", "guest-ping");
        peer.Fail(await peer.ExpectAsync("query-qmp-schema"), "no such command", "CommandNotFound");
        JObject request = await peer.AnswerAsync("guest-sync", 5);
        await peer.AnswerAsync("guest-ping");
        Assert.That(await running.Guarded(), Is.Zero, _error.ToString());
        Assert.That(
            JToken.DeepEquals(request["arguments"], new JObject { ["id"] = 5, ["text"] = "5", ["on"] = true }),
            request.ToString());
        Assert.That(_output.ToString(), Is.EqualTo("{\"return\": 5}\n{\"return\": {}}\n"));
    }

    [Test]
    public async Task Negotiated_by_hand_the_schema_comes_afterwards()
    {
        (ScriptedPeer peer, Client.QmpEndpoint endpoint) = ScriptedPeer.Create();
        using ScriptedPeer _ = peer;
        Task<int> running = RunAsync(endpoint, "qmp_capabilities enable=['oob']", "nonsense");
        peer.Greet();
        peer.Fail(await peer.ExpectAsync("query-qmp-schema"), "Expecting capabilities negotiation", "CommandNotFound");
        JObject request = await peer.AnswerAsync("qmp_capabilities");
        Assert.That((string?)request["arguments"]!["enable"]![0], Is.EqualTo("oob"));
        await peer.AnswerAsync("query-qmp-schema", new JArray());
        Assert.That(await running.Guarded(), Is.EqualTo(2));
        Assert.That(_error.ToString(), Is.EqualTo("qmp-shell: -c 2: nonsense: the server has no such command; 'help' lists them\n"));
    }

    private Task<int> RunAsync(Client.QmpEndpoint endpoint, params string[] commands) => ShellProgram.RunScriptAsync(
        [new ShellSettings { Endpoint = endpoint, Negotiate = false }], ScriptLine.Of(commands), _output, _error);
}
