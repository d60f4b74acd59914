using Newtonsoft.Json.Linq;
using Qmp.Protocol.Messages;
using StreamJsonRpc;
using Rpc = StreamJsonRpc.JsonRpc;

namespace Qmp.StreamJsonRpc.Tests.JsonRpc;

[TestFixture]
internal sealed class ServerRoleTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private Commands _commands = null!;
    private Events _events = null!;
    private ClientAndServer _pair = null!;

    private Rpc Client => _pair.Client;

    [SetUp]
    public async Task Connect()
    {
        _commands = new Commands();
        _events = new Events();
        _pair = await ClientAndServer.ConnectAsync(_commands, _events);
    }

    [TearDown]
    public void Close() => _pair.Dispose();

    [Test]
    public async Task Commands_go_to_methods_and_results_come_back()
    {
        Assert.That(await Client.InvokeAsync<bool>("query-ready"), Is.True);
        JObject sum = await Client.InvokeWithParameterObjectAsync<JObject>("add", new { left = 2, RightHand = 3 });
        Assert.That(sum, Is.EqualTo(new JObject { ["the-sum"] = 5 }).Using(JToken.EqualityComparer));
        Assert.That(await Client.InvokeAsync<JObject>("nothing"), Is.Empty);
    }

    [TestCase("nonsense", QmpError.CommandNotFound, "The command nonsense has not been found")]
    [TestCase("query-ready", QmpError.GenericError, "Parameter 'more' is unexpected", "more", 1)]
    [TestCase("fail", "DeviceNotFound", "Device 'x' not found")]
    [TestCase("break", QmpError.GenericError, "The command break failed")]
    [TestCase("add", QmpError.GenericError, "Parameter 'right-hand' is missing", "left", 2)]
    [TestCase("add", QmpError.GenericError, "Invalid parameter type for 'left', expected: integer",
        "left", "2", "right-hand", 3)]
    public async Task Failures_are_told_in_QMPs_words(
        string command, string errorClass, string description, params object[] arguments)
    {
        Dictionary<string, object> members =
            arguments.Chunk(2).ToDictionary(member => (string)member[0], member => member[1]);
        RemoteRpcException? error = await Assert.CatchAsync<RemoteRpcException>(
            () => Client.InvokeWithParameterObjectAsync(command, members.Count > 0 ? members : null));
        Assert.That(error!.GetQmpError(), Is.EqualTo(new QmpError(errorClass, description)));
    }

    [Test]
    public async Task Commands_are_answered_in_order()
    {
        Task<int> slow = Client.InvokeAsync<int>("slow");
        Task<bool> fast = Client.InvokeAsync<bool>("query-ready");
        await _commands.SlowStarted.Task.WaitAsync(Patience);
        Assert.That(_commands.Asked, Is.Zero);
        _commands.SlowMayEnd.SetResult();
        Assert.That(await slow, Is.EqualTo(1));
        Assert.That(await fast, Is.True);
    }

    [Test]
    public async Task Cancelled_call_ends_at_once_and_the_connection_goes_on()
    {
        using var cancellation = new CancellationTokenSource();
        Task<int> slow = Client.InvokeWithCancellationAsync<int>("slow", cancellationToken: cancellation.Token);
        await _commands.SlowStarted.Task.WaitAsync(Patience);
        await cancellation.CancelAsync();
        Assert.That(() => slow.WaitAsync(Patience), Throws.InstanceOf<OperationCanceledException>());
        _commands.SlowMayEnd.SetResult();
        Assert.That(await Client.InvokeAsync<bool>("query-ready"), Is.True);
    }

    [Test]
    public async Task Call_may_time_out()
    {
        Client.OutboundRequestTimeout = TimeSpan.FromMilliseconds(50);
        Task<int> slow = Client.InvokeAsync<int>("slow");
        Assert.That(() => slow.WaitAsync(Patience), Throws.InstanceOf<TimeoutException>());
        Client.OutboundRequestTimeout = null;
        _commands.SlowMayEnd.SetResult();
        Assert.That(await Client.InvokeAsync<bool>("query-ready"), Is.True);
    }

    [Test]
    public async Task Events_arrive_by_name_and_as_one_object()
    {
        await _pair.Server.NotifyWithParameterObjectAsync("DEVICE_DELETED", new { device = "a", path = "/a" });
        await _pair.Server.NotifyWithParameterObjectAsync("BLOCK_JOB_READY", new { len = 5, speed = 6 });
        await _pair.Server.NotifyAsync("UNKNOWN");
        await _pair.Server.NotifyAsync("STOP");
        await _events.Stopped.Task.WaitAsync(Patience);
        Assert.That(_events.Seen, Is.EqualTo(new[] { "deleted /a", """ready {"len":5,"speed":6}""" }));
    }

    [Test]
    public async Task Client_that_hangs_up_ends_the_server()
    {
        Client.Dispose();
        await _pair.Server.Completion.WaitAsync(Patience);
    }

    [Test]
    public void Server_that_ends_fails_the_calls_that_wait()
    {
        Task<int> slow = Client.InvokeAsync<int>("slow");
        _pair.Server.Dispose();
        Assert.That(() => slow.WaitAsync(Patience), Throws.InstanceOf<ConnectionLostException>());
    }

    [Test]
    public async Task Trace_shows_what_is_on_the_wire()
    {
        List<string> client = ClientAndServer.Trace(Client);
        List<string> server = ClientAndServer.Trace(_pair.Server);
        await Client.InvokeAsync<bool>("query-ready");
        Assert.Multiple(() =>
        {
            Assert.That(client, Has.Some.Match("""Sent: \{"execute": "query-ready", "id": \d+\}$"""));
            Assert.That(client, Has.Some.Match("""Received: \{"return": true, "id": \d+\}$"""));
            Assert.That(server, Has.Some.Match("""Received: \{"execute": "query-ready", "id": \d+\}$"""));
            Assert.That(server, Has.Some.Match("""Sent: \{"return": true, "id": \d+\}$"""));
        });
    }

    private sealed class Commands
    {
        public TaskCompletionSource SlowStarted { get; } = new();

        public TaskCompletionSource SlowMayEnd { get; } = new();

        public int Asked { get; private set; }

        public bool QueryReady()
        {
            Asked++;
            return true;
        }

        public Sum Add(int left, int rightHand) => new(left + rightHand);

        public void Nothing()
        {
        }

        public Task FailAsync() => throw new QmpErrorException(new QmpError("DeviceNotFound", "Device 'x' not found"));

        public void Break() => throw new InvalidOperationException("secret");

        public async Task<int> SlowAsync()
        {
            SlowStarted.TrySetResult();
            await SlowMayEnd.Task;
            return 1;
        }
    }

    private sealed class Events
    {
        public List<string> Seen { get; } = [];

        public TaskCompletionSource Stopped { get; } = new();

        [JsonRpcMethod("DEVICE_DELETED")]
        public void OnDeviceDeleted(string path) => Seen.Add($"deleted {path}");

        [JsonRpcMethod("BLOCK_JOB_READY", UseSingleObjectParameterDeserialization = true)]
        public void OnReady(JObject all) => Seen.Add($"ready {all.ToString(Newtonsoft.Json.Formatting.None)}");

        public void Stop() => Stopped.TrySetResult();
    }

    private sealed record Sum(int TheSum);
}
