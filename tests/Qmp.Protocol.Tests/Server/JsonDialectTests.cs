using Qmp.Protocol.Json;
using Qmp.Protocol.Tests.Support;

namespace Qmp.Protocol.Tests.Server;

/// <summary>A session's errors in the dialect that the server was given.</summary>
internal sealed class JsonDialectTests
{
    private static string Error(string description) =>
        $"{{\"error\": {{\"class\": \"GenericError\", \"desc\": \"{description}\"}}}}\r\n";

    [Test]
    public async Task Without_a_choice_errors_are_those_of_QEMU_10_0()
    {
        await using var server = new TestServer();
        using TestClient client = await server.Connect().NegotiateAsync();
        Assert.That(
            await client.AskAsync("\n{\"a\" 1}"), Is.EqualTo(Error("JSON parse error, missing : in object pair")));
    }

    [Test]
    public async Task Lines_and_columns_are_counted_over_the_whole_connection()
    {
        await using var server = new TestServer(o => o with { JsonDialect = JsonDialect.Qemu11 });
        for (int connection = 0; connection < 2; connection++)
        {
            using TestClient client = server.Connect();
            await client.ReadAsync();
            Assert.That(await client.AskAsync("@\n"), Is.EqualTo(Error("1:1: JSON parse error, stray '@'")));
            client.Send("\n{\"execute\":\"qmp_capabilities\",\r\n\"arguments\":{\"enable\":[\"oob\"]}}");
            Assert.That(await client.ReadAsync(), Is.EqualTo("{\"return\": {}}\r\n"));
            Assert.That(await client.AskAsync(" }"), Is.EqualTo(Error("4:33: JSON parse error, expecting value")));
            client.Send("{\"execute\":\"query-name\",\n");
            Assert.That(await client.AskAsync("\"id\":1}\n"), Is.EqualTo("{\"return\": {}, \"id\": 1}\r\n"));
            Assert.That(
                await client.AskAsync("{\"exec-oob\":1\n}"),
                Is.EqualTo(Error("QMP input member 'exec-oob' must be a string")));
            Assert.That(await client.AskAsync("\t]"), Is.EqualTo(Error("7:3: JSON parse error, expecting value")));
        }
    }

    [Test]
    public async Task An_error_that_waits_in_the_queue_keeps_its_place()
    {
        await using var server = new TestServer(o => o with { JsonDialect = JsonDialect.Qemu11 });
        using TestClient client = await server.Connect().NegotiateAsync(outOfBand: true);
        client.Send("\n{\"execute\":\"pmemsave\",\"id\":1}");
        await server.Machine.Blocked.WaitAsync(TestClient.Patience);
        client.Send("\n[1 2\n]\n\n");
        Assert.That(
            await client.AskAsync("{\"exec-oob\":\"query-yank\",\"id\":2}"), Does.EndWith("\"id\": 2}\r\n"));
        server.Machine.Unblock();
        Assert.That(await client.ReadAsync(), Is.EqualTo("{\"return\": {}, \"id\": 1}\r\n"));
        Assert.That(await client.ReadAsync(), Is.EqualTo(Error("3:4: JSON parse error, expected ',' or ']'")));
    }

    [Test]
    public async Task An_error_is_answered_while_its_value_is_open()
    {
        await using var server = new TestServer(o => o with { JsonDialect = JsonDialect.Qemu11 });
        using TestClient client = server.Connect();
        await client.ReadAsync();
        Assert.That(
            await client.AskAsync("{\"execute\" 1,"), Is.EqualTo(Error("1:12: JSON parse error, expecting ':'")));
        client.Send("\"arguments\": {}}");
        Assert.That(await client.AskAsync("[]"), Is.EqualTo(Error("QMP input must be a JSON object")));
    }
}
