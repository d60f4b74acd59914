using Qmp.Protocol.Tests.Support;

namespace Qmp.Protocol.Tests.Server;

/// <summary>The in-band queue and the out-of-band lane (qmp-spec, "Out-of-band execution").</summary>
internal sealed class OutOfBandTests
{
    private const string Block = "{\"execute\": \"pmemsave\", \"id\": \"block\"}";
    private const string OutOfBand = "{\"exec-oob\": \"query-yank\", \"id\": \"oob\"}";

    private TestServer _server = null!;
    private ObservedListener _listener = null!;
    private TestClient _client = null!;
    private ObservedConnection _transport = null!;

    [SetUp]
    public async Task Start()
    {
        _server = new TestServer();
        _listener = new ObservedListener();
        _server.AddMonitor(_listener);
        _client = _listener.Connect();
        _transport = await _listener.Accepted;
    }

    [TearDown]
    public async Task Stop()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _listener.Dispose();
    }

    private static string InBand(int id) => $"{{\"execute\": \"query-name\", \"id\": {id}}}";

    private static string Many(int count) => string.Concat(Enumerable.Range(0, count).Select(InBand));

    private async Task ReadRepliesAsync(params object[] ids)
    {
        foreach (object id in ids)
        {
            string text = id is string ? $"\"{id}\"" : $"{id}";
            Assert.That(await _client.ReadAsync(), Does.Contain($"\"id\": {text}"));
        }
    }

    [Test]
    public async Task Seven_waiting_requests_let_an_out_of_band_one_through()
    {
        await _client.NegotiateAsync(outOfBand: true);
        _client.Send(Block + Many(7) + OutOfBand);
        await ReadRepliesAsync("oob");
        _server.Machine.Unblock();
        await ReadRepliesAsync("block", 0, 1, 2, 3, 4, 5, 6);
    }

    [Test]
    public async Task Eight_waiting_requests_suspend_reading_until_one_of_them_begins()
    {
        await _client.NegotiateAsync(outOfBand: true);
        _client.Send(Block + Many(8) + OutOfBand);
        await _transport.WhenSuspended();
        int sent = _transport.Sends.Length;
        Assert.That(_transport.Sends[^1], Does.Not.Contain("oob"));
        _server.Machine.Unblock();
        await ReadRepliesAsync("block", 0, "oob", 1, 2, 3, 4, 5, 6, 7);
        Assert.That(_transport.Sends, Has.Length.GreaterThan(sent));
    }

    [Test]
    public async Task Malformed_requests_wait_in_the_queue_and_wrong_out_of_band_ones_do_not()
    {
        await _client.NegotiateAsync(outOfBand: true);
        _client.Send(
            Block + "[]{\"a\":}{\"exec-oob\": \"nope\", \"id\": 1}{\"exec-oob\": \"query-name\", \"id\": 2}"
            + "{\"exec-oob\": 3, \"id\": 3}@\n");
        Assert.That(await _client.ReadAsync(), Does.Contain("nope has not been found"));
        Assert.That(await _client.ReadAsync(), Does.Contain("does not support OOB"));
        Assert.That(await _client.ReadAsync(), Does.Contain("'exec-oob' must be a string"));
        _server.Machine.Unblock();
        await ReadRepliesAsync("block");
        Assert.That(await _client.ReadAsync(), Does.Contain("must be a JSON object"));
        Assert.That(await _client.ReadAsync(), Does.Contain("expecting value"));
        Assert.That(await _client.ReadAsync(), Does.Contain("stray '@'"));
    }

    [Test]
    public async Task Eight_lexical_errors_fill_the_queue_as_well()
    {
        await _client.NegotiateAsync(outOfBand: true);
        _client.Send(Block + string.Concat(Enumerable.Repeat("@\n", 8)) + OutOfBand);
        await _transport.WhenSuspended();
        _server.Machine.Unblock();
        await ReadRepliesAsync("block");
        for (int i = 0; i < 8; i++)
        {
            if (i == 1) await ReadRepliesAsync("oob");
            Assert.That(await _client.ReadAsync(), Does.Contain("stray '@'"));
        }
    }

    [Test]
    public async Task Without_oob_nothing_is_parsed_while_a_command_runs()
    {
        await _client.NegotiateAsync();
        _client.Send(Block + InBand(1) + "{\"exec-oob\": \"query-yank\", \"id\": 2}@\n" + InBand(3));
        await _transport.WhenSuspended();
        _server.Machine.Unblock();
        await ReadRepliesAsync("block", 1);
        Assert.That(await _client.ReadAsync(), Does.Contain("'exec-oob' is unexpected"));
        Assert.That(await _client.ReadAsync(), Does.Contain("stray '@'"));
        await ReadRepliesAsync(3);
    }

    [Test]
    public async Task Oob_counts_from_the_request_behind_its_negotiation()
    {
        await _client.ReadAsync();
        _client.Send(
            "{\"execute\": \"qmp_capabilities\", \"arguments\": {\"enable\": [\"oob\"]}, \"id\": 0}"
            + Block + OutOfBand);
        await ReadRepliesAsync(0, "oob");
        _server.Machine.Unblock();
        await ReadRepliesAsync("block");
    }

    [Test]
    public async Task An_out_of_band_command_that_takes_long_holds_further_reading_only()
    {
        await _client.NegotiateAsync(outOfBand: true);
        _client.Send("{\"exec-oob\": \"x-oob-block\", \"id\": 1}" + InBand(2));
        await _transport.WhenSuspended();
        using TestClient other = await _server.Connect().NegotiateAsync();
        Assert.That(await other.AskAsync(InBand(9)), Does.Contain("\"id\": 9"), "the loop is free");
        _server.Machine.Unblock();
        await ReadRepliesAsync(1, 2);
    }

    [Test]
    public async Task One_monitors_command_holds_the_others_in_band_but_not_out_of_band()
    {
        await _client.NegotiateAsync(outOfBand: true);
        using TestClient other = await _server.Connect().NegotiateAsync(outOfBand: true);
        _client.Send(Block);
        await _server.Machine.Blocked.WaitAsync(TestClient.Patience);
        other.Send(InBand(1) + OutOfBand);
        Assert.That(await other.ReadAsync(), Does.Contain("oob"));
        _server.Machine.Unblock();
        Assert.That(await other.ReadAsync(), Does.Contain("\"id\": 1"));
        await ReadRepliesAsync("block");
    }

    [Test]
    public async Task Replies_to_one_chunk_of_input_leave_together()
    {
        await _client.NegotiateAsync();
        await _transport.WhenReceiving();
        int before = _transport.Sends.Length;
        _client.Send(Many(100));
        await ReadRepliesAsync([.. Enumerable.Range(0, 100).Cast<object>()]);
        Assert.That(_transport.Sends, Has.Length.EqualTo(before + 1));
    }

    [Test]
    public async Task Replies_before_a_command_that_takes_long_do_not_wait_for_it()
    {
        await _client.NegotiateAsync();
        _client.Send(InBand(1) + Block + InBand(2));
        await ReadRepliesAsync(1);
        _server.Machine.Unblock();
        await ReadRepliesAsync("block", 2);
    }
}
