using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Protocol.Messages;
using Qmp.Types;
using StreamJsonRpc;
using Rpc = StreamJsonRpc.JsonRpc;

namespace Qmp.StreamJsonRpc.Tests.JsonRpc;

/// <summary>A JsonRpc drives QEMU, and ours.</summary>
[TestFixture("qemu", Category = "Slow")]
[TestFixture("qmpd")]
internal sealed class MonitorTests(string kind)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private MonitorProcess _process = null!;
    private QmpMessageHandler _handler = null!;
    private EventRecorder _events = null!;
    private Rpc _rpc = null!;

    /// <summary>As a user writes it: names follow from C#'s.</summary>
    private interface IMachine
    {
        Task<Status> QueryStatusAsync(CancellationToken cancellationToken = default);

        Task MigrateSetParametersAsync(long? maxBandwidth = null, long? downtimeLimit = null);

        [JsonRpcMethod("query-migrate-parameters")]
        Task<Limits> GetLimitsAsync();
    }

    [SetUp]
    public async Task Connect()
    {
        _process = MonitorProcess.Start(kind);
        _handler = await QmpMessageHandler.ConnectAsync(
            _process.Stream,
            new QmpHandlerOptions { Serializer = QmpSerializer.Create(RpcTypes.CreateConverter()) });
        _events = new EventRecorder();
        _rpc = new Rpc(_handler);
        _rpc.AddLocalRpcTarget<IRunStateRpcEvents>(_events, null);
        _rpc.StartListening();
    }

    [TearDown]
    public void Close()
    {
        _rpc?.Dispose();
        _process?.Dispose();
    }

    [Test]
    public async Task Commands_are_called_by_name()
    {
        JObject status = await _rpc.InvokeAsync<JObject>("query-status");
        Assert.That((string?)status["status"], Is.EqualTo("running"));
        Assert.That(await _rpc.InvokeAsync<Status>("query-status"), Is.EqualTo(new Status(true, "running")));
        await _rpc.InvokeWithParameterObjectAsync("migrate-set-parameters", new { MaxBandwidth = 4096 });
        Limits limits = await _rpc.InvokeAsync<Limits>("query-migrate-parameters");
        Assert.That(limits.MaxBandwidth, Is.EqualTo(4096));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Generated_interfaces_can_be_attached(bool named)
    {
        var options = new JsonRpcProxyOptions { ServerRequiresNamedArguments = named };
        var machine = _rpc.Attach<IRunStateRpc>(options);
        var migration = _rpc.Attach<IMigrationRpc>(options);
        StatusInfo status = await machine.QueryStatusAsync();
        Assert.That(status.Status, Is.EqualTo(RunState.Running));

        await migration.MigrateSetCapabilitiesAsync(new MigrateSetCapabilitiesArguments
        {
            Capabilities = [new() { Capability = MigrationCapability.Events, State = true }],
        });
        IReadOnlyList<MigrationCapabilityStatus> capabilities = await migration.QueryMigrateCapabilitiesAsync();
        Assert.That(
            capabilities.Where(c => c.State).Select(c => c.Capability),
            Is.EqualTo(new[] { MigrationCapability.Events }));
        RemoteInvocationException? error =
            await Assert.ThrowsAsync<RemoteInvocationException>(() => migration.MigrateAsync());
        Assert.That(error!.GetQmpError()?.Class, Is.EqualTo(QmpError.GenericError));
    }

    [Test]
    public async Task Generated_interfaces_can_be_attached_without_options() =>
        Assert.That((await _rpc.Attach<IRunStateRpc>().QueryStatusAsync()).Running, Is.True);

    [Test]
    public async Task Own_interfaces_can_be_attached()
    {
        var machine = _rpc.AttachQmp<IMachine>();
        Assert.That(await machine.QueryStatusAsync(), Is.EqualTo(new Status(true, "running")));
        await machine.MigrateSetParametersAsync(maxBandwidth: 12345);
        await machine.MigrateSetParametersAsync(downtimeLimit: 77);
        Assert.That(await machine.GetLimitsAsync(), Is.EqualTo(new Limits(12345, 77)));
    }

    [Test]
    public async Task Hundred_calls_at_once_get_their_own_answers()
    {
        Task<string>[] calls = [.. Enumerable.Range(0, 100).Select(CallAsync)];
        string[] answers = await Task.WhenAll(calls).WaitAsync(Patience);
        Assert.That(
            answers,
            Is.EqualTo(Enumerable.Range(0, 100).Select(
                n => n % 2 == 0 ? "running" : $"The command x-{n} has not been found")));

        async Task<string> CallAsync(int number)
        {
            try
            {
                if (number % 2 == 0) return (await _rpc.InvokeAsync<Status>("query-status")).State;
                await _rpc.InvokeAsync($"x-{number}");
                return "no error";
            }
            catch (RemoteMethodNotFoundException e)
            {
                return e.GetQmpError()!.Description;
            }
        }
    }

    [Test]
    public async Task Events_reach_their_target_in_order_with_their_timestamps()
    {
        DateTimeOffset before = DateTimeOffset.UtcNow.AddSeconds(-1);
        await _rpc.InvokeAsync("stop");
        await _rpc.InvokeAsync("cont");
        (QmpEvent stop, _) = await _events.NextAsync();
        (QmpEvent resume, _) = await _events.NextAsync();
        Assert.Multiple(() =>
        {
            Assert.That(stop.Name, Is.EqualTo("STOP"));
            Assert.That(resume.Name, Is.EqualTo("RESUME"));
            Assert.That(stop.Timestamp, Is.GreaterThan(before).And.LessThanOrEqualTo(resume.Timestamp!));
        });
    }

    [Test]
    public async Task Large_results_come_whole() =>
        Assert.That(await _rpc.InvokeAsync<JArray>("query-qmp-schema"), Has.Count.GreaterThan(100));

    [Test]
    public async Task Errors_have_class_and_description()
    {
        RemoteMethodNotFoundException? missing =
            await Assert.ThrowsAsync<RemoteMethodNotFoundException>(() => _rpc.InvokeAsync("nonsense"));
        RemoteInvocationException? unexpected = await Assert.ThrowsAsync<RemoteInvocationException>(
            () => _rpc.InvokeWithParameterObjectAsync("query-status", new { x = 1 }));
        Assert.Multiple(() =>
        {
            Assert.That(missing!.TargetMethod, Is.EqualTo("nonsense"));
            Assert.That(
                missing.GetQmpError(), Is.EqualTo(QmpError.NotFound("The command nonsense has not been found")));
            Assert.That(unexpected!.Message, Is.EqualTo("Parameter 'x' is unexpected"));
            Assert.That(unexpected.GetQmpError(), Is.EqualTo(QmpError.Generic("Parameter 'x' is unexpected")));
        });
        await _rpc.InvokeAsync("query-status");
    }

    [Test]
    public async Task Positional_arguments_are_refused_and_the_connection_goes_on()
    {
        Assert.That(
            () => _rpc.InvokeAsync("migrate", "tcp:h:1"),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("InvokeWithParameterObjectAsync"));
        await _rpc.InvokeAsync("query-status");
    }

    [Test]
    public async Task Commands_run_out_of_band()
    {
        Assert.That(_handler.IsOutOfBandEnabled, Is.True);
        Assert.That(await _rpc.Attach<IYankOobRpc>().QueryYankAsync(), Is.Empty);
        Assert.That(
            () => _rpc.InvokeAsync("exec-oob:query-status"),
            Throws.InstanceOf<RemoteInvocationException>()
                .With.Message.EqualTo("The command query-status does not support OOB"));
    }

    [Test]
    public async Task Complaint_about_what_is_no_JSON_does_not_end_the_connection()
    {
        var complaint = new TaskCompletionSource<UnmatchedReplyEventArgs>();
        _handler.UnmatchedReply += (_, e) => complaint.TrySetResult(e);
        await _process.Stream.WriteAsync(Encoding.ASCII.GetBytes("@\n"));
        await _process.Stream.FlushAsync();
        UnmatchedReplyEventArgs reply = await complaint.Task.WaitAsync(Patience);
        Assert.That(reply.Error, Is.EqualTo(QmpError.Generic("JSON parse error, stray '@'")));
        await _rpc.InvokeAsync("query-status");
    }

    [Test]
    public async Task Notification_needs_no_caller()
    {
        await _rpc.NotifyAsync("stop");
        Assert.That((await _events.NextAsync()).Raised.Name, Is.EqualTo("STOP"));
        await _rpc.InvokeAsync("query-status");
    }

    [Test]
    public async Task Server_that_quits_disconnects_with_a_reason()
    {
        var disconnected = new TaskCompletionSource<JsonRpcDisconnectedEventArgs>();
        _rpc.Disconnected += (_, e) => disconnected.TrySetResult(e);
        await _rpc.InvokeAsync("quit");
        (QmpEvent shutdown, object? data) = await _events.NextAsync();
        JsonRpcDisconnectedEventArgs end = await disconnected.Task.WaitAsync(Patience);
        Assert.Multiple(() =>
        {
            Assert.That(shutdown.Name, Is.EqualTo("SHUTDOWN"));
            Assert.That(((ShutdownEvent)data!).Reason, Is.EqualTo(ShutdownCause.HostQmpQuit));
            Assert.That(end.Reason, Is.EqualTo(DisconnectedReason.RemotePartyTerminated));
            Assert.That(() => _rpc.InvokeAsync("query-status"), Throws.Exception);
        });
    }

    [Test]
    public async Task Server_that_dies_fails_the_calls_that_wait()
    {
        var disconnected = new TaskCompletionSource<JsonRpcDisconnectedEventArgs>();
        _rpc.Disconnected += (_, e) => disconnected.TrySetResult(e);
        _process.Kill();
        await disconnected.Task.WaitAsync(Patience);
        Assert.That(() => _rpc.InvokeAsync("query-status"), Throws.Exception);
    }

    private sealed record Status(bool Running, [property: Newtonsoft.Json.JsonProperty("status")] string State);

    private sealed record Limits(long MaxBandwidth, long DowntimeLimit);
}
