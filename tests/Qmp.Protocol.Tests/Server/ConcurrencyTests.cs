using System.Net.Sockets;
using System.Text;
using Qmp.Protocol.Tests.Support;
using Qmp.Protocol.Transport;
using Qmp.Server.Dispatch;

namespace Qmp.Protocol.Tests.Server;

/// <summary>Many clients at once, on real sockets too.</summary>
internal sealed class ConcurrencyTests
{
    [TestCase(true, 8)]
    [TestCase(false, 50)]
    public async Task Sessions_on_sockets_work_side_by_side(bool isBlocking, int sessions)
    {
        using var folder = new TemporaryFolder();
        await using var server = new TestServer();
        for (int i = 0; i < sessions; i++) server.AddMonitor(SocketListener.Unix(folder[$"{i}"], isBlocking));
        string[][] seen = await Task.WhenAll(Enumerable.Range(0, sessions).Select(i => TalkAsync(folder[$"{i}"], i)));
        Assert.That(seen[0], Has.Length.EqualTo(20));
        Assert.That(seen, Has.All.EqualTo(seen[0]), "one order of events, with the same stamps");

        // Client 0 stops and continues the machine; all pipeline queries meanwhile.
        async Task<string[]> TalkAsync(string path, int number)
        {
            using var client = new TestClient(await AsyncSocketConnection.ConnectUnixAsync(path, default));
            await client.NegotiateAsync();
            if (number == 0) await WhenAllNegotiatedAsync(server, sessions);
            var requests = new StringBuilder();
            for (int i = 0; i < 200; i++)
            {
                string name = number != 0 || i % 10 != 0 ? "query-status" : i % 20 == 0 ? "stop" : "cont";
                requests.Append($"{{\"execute\": \"{name}\", \"id\": {i}}}");
            }

            client.Send(requests.ToString());
            var events = new List<string>();
            for (int replies = 0; replies < 200 || events.Count < 20;)
            {
                string message = await client.ReadAsync();
                if (message.Contains("event", StringComparison.Ordinal)) events.Add(message);
                else Assert.That(message, Does.EndWith($"\"id\": {replies++}}}\r\n"));
            }

            return [.. events];
        }
    }

    [Test]
    public async Task A_descriptor_reaches_the_command_it_came_with()
    {
        using var folder = new TemporaryFolder();
        await using var server = new TestServer();
        server.AddMonitor(SocketListener.Unix(folder["s"]));
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(folder["s"]));
        var handle = socket.SafeHandle;
        using var client = await new TestClient(new AsyncSocketConnection(socket, "client")).NegotiateAsync();
        using FileStream file = File.Create(folder["f"]);
        DescriptorSender.Send(
            handle,
            "{\"execute\": \"getfd\", \"arguments\": {\"fdname\": \"a\"}}"u8,
            (int)file.SafeFileHandle.DangerousGetHandle());
        Assert.That(await client.ReadAsync(), Is.EqualTo("{\"return\": {}}\r\n"));
        Assert.That(server.Machine.Descriptors, Has.Count.EqualTo(1));
        Assert.That(
            await client.AskAsync("{\"execute\": \"getfd\", \"arguments\": {\"fdname\": \"a\"}}"),
            Does.Contain("No file descriptor supplied via SCM_RIGHTS"));
        new Microsoft.Win32.SafeHandles.SafeFileHandle(server.Machine.Descriptors[0], ownsHandle: true).Dispose();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_socket_monitor_serves_client_after_client_and_stops(bool isBlocking)
    {
        using var folder = new TemporaryFolder();
        await using var server = new TestServer();
        server.AddMonitor(SocketListener.Unix(folder["s"], isBlocking));
        for (int i = 0; i < 20; i++)
        {
            using var client = new TestClient(await AsyncSocketConnection.ConnectUnixAsync(folder["s"], default));
            await client.NegotiateAsync(outOfBand: i % 2 == 0);
            Assert.That(await client.AskAsync("{\"execute\": \"query-name\", \"id\": 1}"), Does.Contain("\"id\": 1"));
        }

        using var last = new TestClient(await AsyncSocketConnection.ConnectUnixAsync(folder["s"], default));
        await last.NegotiateAsync();
        Assert.That(
            await last.AskAsync("{\"execute\": \"quit\"}{\"execute\": \"cont\"}"), Is.EqualTo("{\"return\": {}}\r\n"));
        Assert.That(await last.ReadAsync(), Is.Empty);
        await server.Server.Completion.WaitAsync(TestClient.Patience);
        Assert.That(File.Exists(folder["s"]), Is.False);
    }

    [Test]
    public async Task A_blocking_session_answers_out_of_band_while_its_command_runs_and_notices_a_hang_up()
    {
        using var folder = new TemporaryFolder();
        await using var server = new TestServer();
        server.AddMonitor(SocketListener.Unix(folder["s"]));
        using (var client = new TestClient(await AsyncSocketConnection.ConnectUnixAsync(folder["s"], default)))
        {
            await client.NegotiateAsync(outOfBand: true);
            client.Send("{\"execute\": \"pmemsave\", \"id\": 1}{\"exec-oob\": \"query-yank\", \"id\": 2}");
            Assert.That(await client.ReadAsync(), Does.Contain("\"id\": 2"));
            server.Machine.Unblock();
            Assert.That(await client.ReadAsync(), Does.Contain("\"id\": 1"));
            client.Send("{\"execute\": \"pmemsave\", \"id\": 3}{\"execute\": \"stop\"}");
            await server.Machine.Blocked.WaitAsync(TestClient.Patience);
        }

        await server.Log.WhenLogged("monitor_qmp_disconnected");
        server.Machine.Unblock();
        using var next = new TestClient(await AsyncSocketConnection.ConnectUnixAsync(folder["s"], default));
        await next.NegotiateAsync();
        Assert.That(await next.AskAsync("{\"execute\": \"query-status\"}"), Does.Contain("running"));
    }

    [Test]
    public async Task The_loop_runs_one_at_a_time_in_the_order_of_arrival()
    {
        var loop = new SerialCommandQueue();
        var gate = new TaskCompletionSource();
        var order = new List<int>();
        ValueTask first = loop.RunAsync(async state =>
        {
            await gate.Task;
            order.Add((int)state);
        }, 0);
        Task[] others = [.. Enumerable.Range(1, 20).Select(i => loop.RunAsync(
            state =>
            {
                order.Add((int)state);
                return ValueTask.CompletedTask;
            },
            i).AsTask())];
        Assert.That(order, Is.Empty);
        gate.SetResult();
        await first;
        await Task.WhenAll(others).WaitAsync(TestClient.Patience);
        Assert.That(order, Is.EqualTo(Enumerable.Range(0, 21)));
        Assert.That(loop.RunAsync(_ => ValueTask.CompletedTask, 0).IsCompleted, Is.True, "free again");
    }

    private static async Task WhenAllNegotiatedAsync(TestServer server, int sessions)
    {
        while (server.Events.ReceiverCount < sessions) await Task.Yield();
    }
}
