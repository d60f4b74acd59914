using Qmp.Protocol.Messages;
using Qmp.Protocol.Tests.Support;
using Qmp.Protocol.Visitors;

namespace Qmp.Protocol.Tests.Server;

internal sealed class NegotiationTests
{
    private const string Success = "{\"return\": {}}\r\n";

    private static string Error(string description, string errorClass = "GenericError") =>
        $"{{\"error\": {{\"class\": \"{errorClass}\", \"desc\": \"{description}\"}}}}\r\n";

    [Test]
    public async Task The_greeting_offers_oob_only_if_asked_to()
    {
        await using var server = new TestServer();
        using TestClient with = server.Connect();
        using TestClient without = server.Connect(outOfBand: false);
        const string Version =
            "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 2, \"minor\": 0, \"major\": 10}, \"package\": \"test\"}, ";
        Assert.That(await with.ReadAsync(), Is.EqualTo(Version + "\"capabilities\": [\"oob\"]}}\r\n"));
        Assert.That(await without.ReadAsync(), Is.EqualTo(Version + "\"capabilities\": []}}\r\n"));
        Assert.That(
            await without.AskAsync("{\"execute\": \"qmp_capabilities\", \"arguments\": {\"enable\": [\"oob\"]}}"),
            Is.EqualTo(Error("Capability oob not available")));
        Assert.That(await without.AskAsync("{\"execute\": \"qmp_capabilities\"}"), Is.EqualTo(Success));
    }

    [Test]
    public async Task Only_class_CommandNotFound_is_reworded_before_negotiation()
    {
        await using var server = new TestServer();
        using TestClient client = server.Connect();
        await client.ReadAsync();
        string expecting = Error("Expecting capabilities negotiation with 'qmp_capabilities'", "CommandNotFound");
        Assert.That(await client.AskAsync("{\"execute\": \"query-status\"}"), Is.EqualTo(expecting));
        Assert.That(await client.AskAsync("{\"execute\": \"nope\"}"), Is.EqualTo(expecting));
        Assert.That(
            await client.AskAsync("{\"execute\": \"nope\", \"x\": 1}"),
            Is.EqualTo(Error("QMP input member 'x' is unexpected")));
        Assert.That(
            await client.AskAsync("{\"execute\": \"qmp_capabilities\", \"arguments\": {\"enable\": [\"x\"]}}"),
            Is.EqualTo(Error("Parameter 'null' does not accept value 'x'")));
        Assert.That(await client.AskAsync("{\"execute\": \"qmp_capabilities\"}"), Is.EqualTo(Success));
        Assert.That(
            await client.AskAsync("{\"execute\": \"qmp_capabilities\"}"),
            Is.EqualTo(Error("Capabilities negotiation is already complete, command ignored", "CommandNotFound")));
        Assert.That(
            await client.AskAsync("{\"execute\": \"qmp_capabilities\", \"arguments\": {\"x\": 1}}"),
            Is.EqualTo(Error("Parameter 'x' is unexpected")));
    }

    [Test]
    public async Task Commands_are_checked_in_order_policy_oob_preconfig_arguments()
    {
        bool preconfig = false;
        await using var server = new TestServer(
            o => o with { IsPreconfig = () => preconfig },
            policy: new CompatPolicy { DeprecatedInput = CompatPolicyInput.Reject });
        using TestClient client = await server.Connect().NegotiateAsync(outOfBand: true);
        Assert.That(
            await client.AskAsync("{\"exec-oob\": \"x-old\", \"arguments\": {\"x\": 1}}"),
            Is.EqualTo(Error("Deprecated command x-old disabled by policy", "CommandNotFound")));
        preconfig = true;
        Assert.That(
            await client.AskAsync("{\"exec-oob\": \"query-name\", \"arguments\": {\"x\": 1}}"),
            Is.EqualTo(Error("The command query-name does not support OOB")));
        Assert.That(
            await client.AskAsync("{\"execute\": \"query-name\", \"arguments\": {\"x\": 1}}"),
            Is.EqualTo(Error("The command 'query-name' is permitted only after machine initialization has completed")));
        preconfig = false;
        Assert.That(
            await client.AskAsync("{\"execute\": \"query-name\", \"arguments\": {\"x\": 1}}"),
            Is.EqualTo(Error("Parameter 'x' is unexpected")));
    }

    [Test]
    public async Task A_command_may_refuse_with_a_class_of_its_own()
    {
        await using var server = new TestServer();
        using TestClient client = await server.Connect().NegotiateAsync();
        Assert.That(
            await client.AskAsync("{\"execute\": \"x-refuse\", \"id\": [1]}"),
            Is.EqualTo(
                "{\"id\": [1], \"error\": {\"class\": \"DeviceNotFound\", \"desc\": \"Device 'x' not found\"}}\r\n"));
    }

    [Test]
    public async Task A_defect_is_logged_and_answered_and_the_session_goes_on()
    {
        await using var server = new TestServer();
        using TestClient client = await server.Connect().NegotiateAsync();
        Assert.That(
            await client.AskAsync("{\"execute\": \"x-fail\"}"),
            Is.EqualTo(Error("The command x-fail failed unexpectedly")));
        Assert.That(await client.AskAsync("{\"execute\": \"query-name\"}"), Is.EqualTo(Success));
        Assert.That(server.Log.Messages(Serilog.Events.LogEventLevel.Error), Has.One.Contains("x-fail"));
    }

    [Test]
    public async Task Exceptions_of_the_commands_own_kind_are_mapped()
    {
        await using var server = new TestServer(o => o with
        {
            MapException = e => e is InvalidOperationException ? QmpError.Generic(e.Message) : null,
        });
        using TestClient client = await server.Connect().NegotiateAsync();
        Assert.That(await client.AskAsync("{\"execute\": \"x-fail\"}"), Is.EqualTo(Error("a defect")));
        Assert.That(server.Log.Messages(Serilog.Events.LogEventLevel.Error), Is.Empty);
    }

    [Test]
    public async Task A_command_without_success_response_sends_none()
    {
        await using var server = new TestServer();
        using TestClient client = await server.Connect().NegotiateAsync();
        client.Send("{\"execute\": \"x-quiet\", \"id\": 1}");
        Assert.That(
            await client.AskAsync("{\"execute\": \"query-name\", \"id\": 2}"),
            Is.EqualTo("{\"return\": {}, \"id\": 2}\r\n"));
    }

    [Test]
    public async Task Long_command_names_are_looked_up_as_well()
    {
        await using var server = new TestServer();
        using TestClient client = await server.Connect().NegotiateAsync();
        string name = new('x', 300);
        Assert.That(
            await client.AskAsync($"{{\"execute\": \"{name}\"}}"),
            Is.EqualTo(Error($"The command {name} has not been found", "CommandNotFound")));
    }

    [Test]
    public async Task Any_value_goes_through_a_command_and_comes_out_in_order()
    {
        await using var server = new TestServer();
        using TestClient client = await server.Connect().NegotiateAsync();
        Assert.That(
            await client.AskAsync(
                "{\"execute\": \"x-echo\", \"arguments\": {\"value\": {\"minor\": 1.0, \"micro\": [null, 1e400]}}}"),
            Is.EqualTo("{\"return\": {\"micro\": [null, inf], \"minor\": 1}}\r\n"));
    }
}
