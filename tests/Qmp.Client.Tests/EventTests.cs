using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Client.Tests.Support;
using Qmp.Types;

namespace Qmp.Client.Tests;

[TestFixture]
internal sealed class EventTests
{
    private ScriptedPeer _peer = null!;
    private QmpConnection _connection = null!;
    private ManualTime _time = null!;
    private LogCapture _log = null!;

    [SetUp]
    public async Task SetUp()
    {
        _time = new ManualTime();
        _log = new LogCapture();
        (_peer, _connection) = await ScriptedPeer.ConnectAsync(new() { Time = _time, Logger = _log });
    }

    [TearDown]
    public async Task TearDown()
    {
        await _connection.DisposeAsync();
        _peer.Dispose();
    }

    [Test]
    public async Task Events_come_as_they_were_sent()
    {
        using EventSubscription events = _connection.Subscribe();
        _peer.Raise("STOP");
        _peer.Raise("X_NEWER", JObject.Parse("""{"a": [1, {"b": null}]}"""));
        _peer.Send("""{"event": "NO_STAMP", "timestamp": {"seconds": -1, "microseconds": -1}}""");
        QmpEvent stop = await events.ReadAsync().Guarded();
        QmpEvent newer = await events.ReadAsync().Guarded();
        QmpEvent noStamp = await events.ReadAsync().Guarded();
        Assert.That(stop.Name, Is.EqualTo("STOP"));
        Assert.That(stop.Data, Is.Null);
        Assert.That(
            stop.Timestamp, Is.EqualTo(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000).AddMicroseconds(250)));
        Assert.That((int?)newer.Data!.SelectToken("a[0]"), Is.EqualTo(1));
        Assert.That(noStamp.Timestamp, Is.Null);
        Assert.That((long[])[stop.Sequence, newer.Sequence, noStamp.Sequence], Is.EqualTo([1, 2, 3]));
    }

    [Test]
    public async Task Typed_subscriptions_get_their_event_only()
    {
        using EventSubscription<MigrationEvent> events = _connection.Subscribe(MigrationEventDescriptors.Migration);
        _peer.Raise("STOP");
        _peer.Raise("MIGRATION", new JObject { ["status"] = "active" });
        _peer.Raise("MIGRATION_PASS", new JObject { ["pass"] = 2 });
        _peer.Raise("MIGRATION", new JObject { ["status"] = "completed" });
        Assert.That((await events.ReadAsync().Guarded()).Data.Status, Is.EqualTo(MigrationStatus.Active));
        Assert.That((await events.ReadAsync().Guarded()).Data.Status, Is.EqualTo(MigrationStatus.Completed));
    }

    [Test]
    public async Task What_a_newer_server_adds_to_an_event_is_kept()
    {
        using EventSubscription<MigrationEvent> events = _connection.Subscribe(MigrationEventDescriptors.Migration);
        _peer.Raise("MIGRATION", JObject.Parse("""{"status": "teleporting", "speed": 9}"""));
        QmpEvent<MigrationEvent> value = await events.ReadAsync().Guarded();
        Assert.That(value.Data.Status, Is.EqualTo(MigrationStatus.Unrecognized));
        Assert.That((string?)value.Data.Extension!["status"], Is.EqualTo("teleporting"));
        Assert.That((int?)value.Data.Extension["speed"], Is.EqualTo(9));
    }

    [Test]
    public async Task An_event_of_another_shape_does_not_end_the_stream()
    {
        using EventSubscription<MigrationEvent> events = _connection.Subscribe(MigrationEventDescriptors.Migration);
        _peer.Raise("MIGRATION", new JObject { ["status"] = 5 });
        _peer.Raise("MIGRATION");
        _peer.Raise("MIGRATION", new JObject { ["status"] = "setup" });
        QmpEvent<MigrationEvent> wrong = await events.ReadAsync().Guarded();
        QmpEvent<MigrationEvent> empty = await events.ReadAsync().Guarded();
        Assert.That(() => wrong.Data, Throws.TypeOf<QmpProtocolException>());
        Assert.That((int?)wrong.Raw.Data!["status"], Is.EqualTo(5));
        Assert.That(() => empty.Data, Throws.TypeOf<QmpProtocolException>());
        Assert.That((await events.ReadAsync().Guarded()).Data.Status, Is.EqualTo(MigrationStatus.Setup));
    }

    [Test]
    public async Task Several_events_can_be_read_from_one_subscription_in_order()
    {
        using EventSubscription events = _connection.Subscribe(
            e => e.Is(MigrationEventDescriptors.Migration) || e.Is(MigrationEventDescriptors.MigrationPass));
        _peer.Raise("MIGRATION_PASS", new JObject { ["pass"] = 7 });
        _peer.Raise("MIGRATION", new JObject { ["status"] = "device" });
        QmpEvent pass = await events.ReadAsync().Guarded();
        Assert.That(pass.Read(MigrationEventDescriptors.MigrationPass).Pass, Is.EqualTo(7));
        Assert.That(() => pass.Read(MigrationEventDescriptors.Migration), Throws.TypeOf<QmpUsageException>());
        QmpEvent status = await events.ReadAsync().Guarded();
        Assert.That(status.Read(MigrationEventDescriptors.Migration).Status, Is.EqualTo(MigrationStatus.Device));
    }

    [Test]
    public async Task Who_does_not_read_loses_the_oldest_events_and_is_told()
    {
        using EventSubscription slow = _connection.Subscribe(capacity: 3);
        using EventSubscription quick = _connection.Subscribe();
        for (int i = 1; i <= 10; i++) _peer.Raise($"E{i}");
        await ReplyAsync();
        Assert.That(slow.Lost, Is.EqualTo(7));
        QmpEvent first = await slow.ReadAsync().Guarded();
        Assert.That((first.Name, first.LostBefore, first.Sequence), Is.EqualTo(("E8", 7L, 8L)));
        QmpEvent second = await slow.ReadAsync().Guarded();
        Assert.That((second.Name, second.LostBefore), Is.EqualTo(("E9", 0L)));
        _peer.Raise("E11");
        _peer.Raise("E12");
        _peer.Raise("E13");
        await ReplyAsync();
        QmpEvent third = await slow.ReadAsync().Guarded();
        Assert.That((third.Name, third.LostBefore, slow.Lost), Is.EqualTo(("E11", 1L, 8L)));
        for (int i = 1; i <= 13; i++)
        {
            QmpEvent value = await quick.ReadAsync().Guarded();
            Assert.That((value.Name, value.LostBefore), Is.EqualTo(($"E{i}", 0L)));
        }

        Assert.That(_log.Warnings.Count(w => w.Contains("reads too slowly")), Is.EqualTo(2), "one for each episode");
    }

    [Test]
    public async Task The_events_of_a_command_are_there_when_its_reply_is()
    {
        using EventSubscription events = _connection.Subscribe();
        ValueTask<JToken> call = _connection.ExecuteRawAsync("stop");
        JObject request = await _peer.ExpectAsync("stop");
        _peer.Raise("STOP");
        _peer.Return(request);
        await call.Guarded();
        Assert.That(events.TryRead(out QmpEvent? value) && value.Name == "STOP");
    }

    [Test]
    public async Task A_stream_ends_with_the_connection_after_what_was_received()
    {
        using EventSubscription events = _connection.Subscribe();
        _peer.Raise("LAST");
        _peer.Dispose();
        await _connection.Completion.Guarded();
        var names = new List<string>();
        await foreach (QmpEvent value in events) names.Add(value.Name);
        Assert.That(names, Is.EqualTo(["LAST"]));
        QmpDisconnectedException end = await events.ReadAsync().AsTask().FailsWith<QmpDisconnectedException>();
        Assert.That(end.Reason, Is.EqualTo(DisconnectReason.ClosedByPeer));
    }

    [Test]
    public async Task Subscribing_after_the_end_gives_an_empty_stream()
    {
        _peer.Dispose();
        await _connection.Completion.Guarded();
        using EventSubscription events = _connection.Subscribe();
        Assert.That(await events.WaitToReadAsync().Guarded(), Is.False);
        await _connection.WhenEventAsync(_ => true, TimeSpan.FromSeconds(1)).FailsWith<QmpDisconnectedException>();
    }

    [Test]
    public async Task Disposing_a_subscription_ends_its_reader()
    {
        EventSubscription events = _connection.Subscribe();
        Task<bool> waiting = events.WaitToReadAsync().AsTask();
        events.Dispose();
        Assert.That(await waiting.Guarded(), Is.False);
        _peer.Raise("MORE");
        await ReplyAsync();
        Assert.That(events.TryRead(out _), Is.False);
    }

    [Test]
    public async Task A_waiting_reader_can_be_cancelled_and_come_back()
    {
        using EventSubscription events = _connection.Subscribe();
        using var stop = new CancellationTokenSource();
        Task<QmpEvent> waiting = events.ReadAsync(stop.Token).AsTask();
        await stop.CancelAsync();
        await waiting.FailsWith<OperationCanceledException>();
        Task<QmpEvent> again = events.ReadAsync().AsTask();
        _peer.Raise("HERE");
        Assert.That((await again.Guarded()).Name, Is.EqualTo("HERE"));
    }

    [Test]
    public async Task A_subscription_has_one_reader_at_a_time()
    {
        using EventSubscription events = _connection.Subscribe();
        Task<QmpEvent> first = events.ReadAsync().AsTask();
        await events.ReadAsync().AsTask().FailsWith<QmpUsageException>();
        _peer.Raise("ONE");
        Assert.That((await first.Guarded()).Name, Is.EqualTo("ONE"));
    }

    [Test]
    public async Task A_filter_that_fails_harms_its_subscription_only()
    {
        using EventSubscription bad = _connection.Subscribe(_ => throw new InvalidOperationException("my mistake"));
        using EventSubscription good = _connection.Subscribe();
        Task<QmpEvent> badWait = _connection.WhenEventAsync(
            _ => throw new InvalidOperationException("mine too"), Timeout.InfiniteTimeSpan);
        _peer.Raise("ONE");
        await ReplyAsync();
        QmpUsageException failure = await bad.ReadAsync().AsTask().FailsWith<QmpUsageException>();
        Assert.That(failure.InnerException!.Message, Is.EqualTo("my mistake"));
        await badWait.FailsWith<InvalidOperationException>();
        Assert.That(good.TryRead(out _));
    }

    [Test]
    public async Task An_event_is_awaited_from_the_moment_of_asking()
    {
        Task<QmpEvent> coming = _connection.WhenEventAsync(e => e.Name == "B", TimeSpan.FromSeconds(5));
        _peer.Raise("A");
        _peer.Raise("B", new JObject { ["n"] = 1 });
        _peer.Raise("B", new JObject { ["n"] = 2 });
        Assert.That((int?)(await coming.Guarded()).Data!["n"], Is.EqualTo(1));
    }

    [Test]
    public async Task Waiting_for_an_event_has_a_deadline()
    {
        Task<QmpEvent> coming = _connection.WhenEventAsync(_ => true, TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(5));
        await coming.FailsWith<QmpTimeoutException>();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Executing_and_waiting_finds_the_event_on_either_side_of_the_reply(bool eventFirst)
    {
        Task<QmpEvent> done = _connection.ExecuteAndWaitAsync(
            "device_del",
            new JObject { ["id"] = "disk1" },
            e => e.Name == "DEVICE_DELETED" && (string?)e.Data!["device"] == "disk1",
            TimeSpan.FromSeconds(5));
        JObject request = await _peer.ExpectAsync("device_del");
        _peer.Raise("DEVICE_DELETED", new JObject { ["device"] = "disk0" });
        if (!eventFirst) _peer.Return(request);
        _peer.Raise("DEVICE_DELETED", new JObject { ["device"] = "disk1" });
        if (eventFirst) _peer.Return(request);
        Assert.That((string?)(await done.Guarded()).Data!["device"], Is.EqualTo("disk1"));
    }

    [Test]
    public async Task Executing_and_waiting_works_with_generated_types()
    {
        Task<QmpEvent<MigrationEvent>> done = _connection.ExecuteAndWaitAsync(
            MigrationClientCommands.Migrate,
            new MigrateArguments { Uri = "unix:/x" },
            MigrationEventDescriptors.Migration,
            e => e.Status is MigrationStatus.Completed or MigrationStatus.Failed,
            TimeSpan.FromSeconds(5));
        JObject request = await _peer.ExpectAsync("migrate");
        _peer.Raise("MIGRATION", new JObject { ["status"] = "setup" });
        _peer.Return(request);
        _peer.Raise("MIGRATION", new JObject { ["status"] = "failed" });
        Assert.That((await done.Guarded()).Data.Status, Is.EqualTo(MigrationStatus.Failed));
    }

    [Test]
    public async Task A_refused_command_ends_the_wait_for_its_event()
    {
        Task<QmpEvent> done = _connection.ExecuteAndWaitAsync("a", null, _ => true, Timeout.InfiniteTimeSpan);
        _peer.Fail(await _peer.ExpectAsync("a"), "no");
        await done.FailsWith<QmpCommandException>();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_missing_event_or_reply_ends_the_wait_in_time(bool replies)
    {
        Task<QmpEvent> done = _connection.ExecuteAndWaitAsync("a", null, _ => true, TimeSpan.FromSeconds(5));
        JObject request = await _peer.ExpectAsync("a");
        if (replies) _peer.Return(request);
        _time.Advance(TimeSpan.FromSeconds(5));
        await done.FailsWith<QmpTimeoutException>();
    }

    [Test]
    public async Task The_end_of_the_connection_ends_the_wait_for_an_event()
    {
        Task<QmpEvent> done = _connection.ExecuteAndWaitAsync("a", null, _ => true, Timeout.InfiniteTimeSpan);
        _peer.Return(await _peer.ExpectAsync("a"));
        _peer.Dispose();
        await done.FailsWith<QmpDisconnectedException>();
    }

    [Test]
    public async Task Executing_and_waiting_on_a_closed_connection_fails_at_once()
    {
        _peer.Dispose();
        await _connection.Completion.Guarded();
        Task<QmpEvent> done = _connection.ExecuteAndWaitAsync("a", null, _ => true, Timeout.InfiniteTimeSpan);
        await done.FailsWith<QmpDisconnectedException>();
    }

    /// <summary>Waits until everything sent so far has been read.</summary>
    private async Task ReplyAsync()
    {
        ValueTask<JToken> call = _connection.ExecuteRawAsync("barrier");
        await _peer.AnswerAsync("barrier");
        await call.Guarded();
    }
}
