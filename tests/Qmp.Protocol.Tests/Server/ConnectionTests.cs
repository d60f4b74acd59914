using System.Text;
using Qmp.Protocol.Tests.Support;
using Qmp.Protocol.Transport;

namespace Qmp.Protocol.Tests.Server;

/// <summary>How clients come and go.</summary>
internal sealed class ConnectionTests
{
    private const string Status = "{\"execute\": \"query-status\"}";

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_client_that_leaves_takes_its_queue_with_it(bool outOfBand)
    {
        await using var server = new TestServer();
        MemoryListener listener = server.AddMonitor();
        using (TestClient first = await new TestClient(listener.Connect()).NegotiateAsync(outOfBand))
        {
            first.Send("{\"execute\": \"pmemsave\"}{\"execute\": \"stop\"}");
            await server.Machine.Blocked.WaitAsync(TestClient.Patience);
        }

        // The next one is greeted although the command still runs, and gets nothing of its reply.
        using var second = new TestClient(listener.Connect());
        Assert.That(await second.ReadAsync(), Does.StartWith("{\"QMP\""));
        second.Send("{\"execute\": \"qmp_capabilities\", \"id\": 1}" + Status);
        server.Machine.Unblock();
        Assert.That(await second.ReadAsync(), Is.EqualTo("{\"return\": {}, \"id\": 1}\r\n"));
        Assert.That(await second.ReadAsync(), Does.Contain("running"));
    }

    [Test]
    public async Task A_command_that_waits_for_its_turn_does_not_begin_once_its_client_left()
    {
        await using var server = new TestServer();
        using TestClient blocker = await server.Connect().NegotiateAsync();
        var listener = new ObservedListener();
        server.AddMonitor(listener);
        TestClient client = await listener.Connect().NegotiateAsync();
        ObservedConnection transport = await listener.Accepted;
        blocker.Send("{\"execute\": \"pmemsave\"}");
        await server.Machine.Blocked.WaitAsync(TestClient.Patience);
        client.Send("{\"execute\": \"stop\"}");
        await transport.WhenSuspended();
        client.Dispose();
        await server.Log.WhenLogged("monitor_qmp_disconnected");
        server.Machine.Unblock();
        await blocker.ReadAsync();
        Assert.That(await blocker.AskAsync(Status), Does.Contain("running"));
    }

    [Test]
    public async Task What_a_client_said_that_left_before_it_was_accepted_is_not_done()
    {
        await using var server = new TestServer();
        MemoryListener listener = server.AddMonitor();
        using TestClient first = await new TestClient(listener.Connect()).NegotiateAsync();
        using (var second = new TestClient(listener.Connect()))
        {
            second.Send("{\"execute\": \"qmp_capabilities\"}{\"execute\": \"stop\"}");
        }

        first.Dispose();
        using TestClient third = await new TestClient(listener.Connect()).NegotiateAsync();
        Assert.That(await third.AskAsync(Status), Does.Contain("running"));
    }

    [Test]
    public async Task What_a_client_said_that_left_before_the_first_reply_is_not_done()
    {
        await using var server = new TestServer();
        using TestClient other = await server.Connect().NegotiateAsync();
        MemoryListener listener = server.AddMonitor();
        TestClient client = await new TestClient(listener.Connect()).NegotiateAsync();
        client.Send("{\"execute\": \"pmemsave\"}{\"execute\": \"stop\"}{\"execute\": \"quit\"}");
        await server.Machine.Blocked.WaitAsync(TestClient.Patience);
        client.Dispose();
        server.Machine.Unblock();
        using TestClient next = await new TestClient(listener.Connect()).NegotiateAsync();
        Assert.That(await next.AskAsync(Status), Does.Contain("running"));
    }

    [Test]
    public async Task A_source_that_fails_is_asked_again()
    {
        await using var server = new TestServer();
        var listener = new FailingListener(failures: 3);
        server.AddMonitor(listener);
        using TestClient client = listener.Connect();
        Task<string> greeting = client.ReadAsync();
        while (!greeting.IsCompleted)
        {
            server.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.That(await greeting, Does.StartWith("{\"QMP\""));
    }

    [Test]
    public async Task A_half_close_ends_the_session_after_all_answers()
    {
        await using var server = new TestServer();
        using TestClient client = await server.Connect().NegotiateAsync();
        client.Send(string.Concat(Enumerable.Repeat(Status, 10)) + "{\"execute\":");
        ((MemoryConnection)client.Transport).EndSending();
        string text = await client.ReadToEndAsync();
        Assert.That(text.Split("\r\n"), Has.Length.EqualTo(11));
    }

    [Test]
    public async Task Parser_and_negotiation_start_anew_with_each_client()
    {
        await using var server = new TestServer();
        MemoryListener listener = server.AddMonitor();
        using (TestClient first = await new TestClient(listener.Connect()).NegotiateAsync())
        {
            first.Send("{\"execute\": [[[\"");
        }

        using var second = new TestClient(listener.Connect());
        await second.ReadAsync();
        Assert.That(await second.AskAsync(Status), Does.Contain("Expecting capabilities negotiation"));
    }

    [Test]
    public async Task A_second_client_is_greeted_when_the_first_one_leaves()
    {
        await using var server = new TestServer();
        MemoryListener listener = server.AddMonitor();
        using TestClient first = await new TestClient(listener.Connect()).NegotiateAsync();
        using TestClient second = new(listener.Connect());
        Task<string> greeting = second.ReadAsync();
        Assert.That(greeting.IsCompleted, Is.False, "one client at a time");
        first.Dispose();
        Assert.That(await greeting, Does.StartWith("{\"QMP\""));
    }

    [Test]
    public async Task A_slow_reader_is_dropped_and_holds_nobody_up()
    {
        await using var server = new TestServer(o => o with { MaxBacklog = 10_000 });
        using TestClient slow = await server.Connect(capacity: 1000).NegotiateAsync();
        using TestClient quick = await server.Connect().NegotiateAsync();
        for (int i = 0; i < 500; i++)
        {
            string name = i % 2 == 0 ? "stop" : "cont";
            Assert.That(await quick.AskAsync($"{{\"execute\": \"{name}\"}}"), Does.Contain("event"));
            Assert.That(await quick.ReadAsync(), Is.EqualTo("{\"return\": {}}\r\n"));
        }

        await server.Log.WhenLogged("monitor_qmp_slow_reader");
        string rest = await slow.ReadToEndAsync();
        Assert.That(rest, Does.StartWith("{\"timestamp\""));
        Assert.That(rest, Has.Length.LessThan(20_000));
    }

    [Test]
    public async Task Unread_replies_count_as_well()
    {
        await using var server = new TestServer(o => o with { MaxBacklog = 100_000 });
        using TestClient slow = await server.Connect(capacity: 1000).NegotiateAsync();
        string id = new('x', 500);
        for (int i = 0; i < 1000; i++) slow.Send($"{{\"execute\": \"query-name\", \"id\": \"{id}\"}}");
        await server.Log.WhenLogged("monitor_qmp_slow_reader");
        Assert.That(await slow.ReadToEndAsync(), Has.Length.LessThan(300_000));
    }

    [Test]
    public async Task Quit_is_answered_and_is_the_last_thing_that_is()
    {
        var server = new TestServer();
        using TestClient client = await server.Connect().NegotiateAsync();
        using TestClient other = await server.Connect().NegotiateAsync();
        client.Send(
            "{\"execute\": \"stop\", \"id\": 1}{\"execute\": \"quit\", \"id\": 2}{\"execute\": \"cont\", \"id\": 3}");
        string text = await client.ReadToEndAsync();
        Assert.That(
            text.Split("\r\n")[1..], Is.EqualTo(["{\"return\": {}, \"id\": 1}", "{\"return\": {}, \"id\": 2}", ""]));
        Assert.That((await other.ReadToEndAsync()).Split("\r\n"), Has.Length.EqualTo(2));
        await server.Server.Completion.WaitAsync(TestClient.Patience);
        Assert.That(server.Machine.IsRunning, Is.False);
        await server.DisposeAsync();
    }

    [Test]
    public async Task Closing_waits_for_the_command_that_runs_and_drops_those_that_wait()
    {
        var server = new TestServer();
        using TestClient client = await server.Connect().NegotiateAsync(outOfBand: true);
        client.Send("{\"execute\": \"pmemsave\", \"id\": 1}{\"execute\": \"stop\", \"id\": 2}");
        await server.Machine.Blocked.WaitAsync(TestClient.Patience);
        server.Server.Close();
        Assert.That(server.Server.Completion.IsCompleted, Is.False);
        server.Machine.Unblock();
        Assert.That(await client.ReadToEndAsync(), Is.EqualTo("{\"return\": {}, \"id\": 1}\r\n"));
        await server.Server.Completion.WaitAsync(TestClient.Patience);
        Assert.That(server.Machine.IsRunning, Is.True);
    }

    [Test]
    public async Task Disposal_drops_a_client_whose_command_does_not_end()
    {
        var server = new TestServer();
        using TestClient client = await server.Connect().NegotiateAsync();
        client.Send("{\"execute\": \"pmemsave\"}");
        await server.Machine.Blocked.WaitAsync(TestClient.Patience);
        Task disposing = server.Server.DisposeAsync().AsTask();
        Assert.That(disposing.IsCompleted, Is.False);
        server.Time.Advance(TimeSpan.FromSeconds(2));
        await disposing.WaitAsync(TestClient.Patience);
        Assert.That(await client.ReadToEndAsync(), Is.Empty);
    }

    [Test]
    public async Task A_reader_that_stops_reading_delays_closing_only_for_a_while()
    {
        var server = new TestServer();
        using TestClient client = await server.Connect(capacity: 100).NegotiateAsync();
        client.Send("{\"execute\": \"query-name\", \"id\": \"" + new string('x', 1000) + "\"}{\"execute\": \"quit\"}");
        // The reply does not fit; whether the clock moves before or after the wait begins, the session ends.
        while (!server.Server.Completion.IsCompleted)
        {
            server.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.That(await client.ReadToEndAsync(), Has.Length.LessThan(1000));
    }

    [Test]
    public async Task Random_bytes_leave_a_session_that_answers()
    {
        const int Seed = 20250103;
        var random = new Random(Seed);
        await using var server = new TestServer();
        using TestClient client = await server.Connect().NegotiateAsync(outOfBand: true);
        byte[] pieces = Encoding.Latin1.GetBytes("{}[]:,\"'\\u0019.-+e tf\n\u00FF{\"execute\":\"query-name\",\"id\":1}");
        byte[] noise = new byte[1_000_000];
        for (int sent = 0; sent < FuzzedBytes.Count; sent += noise.Length)
        {
            random.NextBytes(noise);
            for (int i = 0; i < noise.Length; i += 2) noise[i] = pieces[noise[i] % pieces.Length];
            client.Send(noise);
            client.Send([0xFF, .. "\n{\"execute\": \"query-name\", \"id\": \"end\"}"u8]);
            int errors = 0;
            for (string reply = ""; !reply.Contains("\"end\"", StringComparison.Ordinal); errors++)
            {
                reply = await client.ReadAsync();
                Assert.That(reply, Does.StartWith("{\"error\": ").Or.Contain("\"id\": "), $"seed {Seed}");
            }

            Assert.That(errors, Is.GreaterThan(10_000), $"seed {Seed}");
        }
    }
}
