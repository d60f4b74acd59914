using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Client;
using Qmp.Client.Migration;
using Qmp.Conversations;
using Qmp.EndToEnd.Tests.Conversations;
using Qmp.Testing;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Testing;

/// <summary>A monitor that says what a test tells it to.</summary>
[TestFixture]
internal sealed class ScriptedMonitorTests
{
    [Test]
    public async Task It_replies_raises_and_hangs_up()
    {
        // snippet: scripted
        await using var monitor = new ScriptedMonitor();
        monitor.On("query-status").Reply("""{"status": "io-error", "running": false}""");
        monitor.On("cont").Fail("Resetting the Virtual Machine is required");
        monitor.On("quit").Reply().Raise("SHUTDOWN", """{"guest": false, "reason": "host-qmp-quit"}""").HangUp();

        await using QmpConnection vm = await monitor.ConnectAsync();
        StatusInfo status = await vm.QueryStatusAsync();
        QmpCommandException? refusal = await Assert.ThrowsAsync<QmpCommandException>(() => vm.ContAsync().AsTask());
        QmpDisconnect end = await vm.ExecuteUntilDisconnectAsync("quit");
        // end
        Assert.That(status.Status, Is.EqualTo(RunState.IoError));
        Assert.That(refusal!.Error.Description, Is.EqualTo("Resetting the Virtual Machine is required"));
        Assert.That(end.Reason, Is.EqualTo(DisconnectReason.ClosedByPeer));
        Assert.That(monitor.Requests.Select(r => (string?)r["execute"]), Is.EqualTo(new[] { "qmp_capabilities", "query-status", "cont", "quit" }));
    }

    [Test]
    public async Task A_second_telling_is_for_the_second_time_and_stays()
    {
        await using var monitor = new ScriptedMonitor();
        monitor.On("query-name").Fail("not yet");
        monitor.On("query-name").Reply("""{"name": "a"}""");
        await using QmpConnection vm = await monitor.ConnectAsync();
        await Assert.ThrowsAsync<QmpCommandException>(() => vm.QueryNameAsync().AsTask());
        for (int i = 0; i < 2; i++) Assert.That((await vm.QueryNameAsync()).Name, Is.EqualTo("a"));
    }

    [Test]
    public async Task What_was_not_told_is_not_found()
    {
        await using var monitor = new ScriptedMonitor();
        await using QmpConnection vm = await monitor.ConnectAsync();
        QmpCommandException? e = await Assert.ThrowsAsync<QmpCommandException>(() => vm.QueryNameAsync().AsTask());
        Assert.That(e!.Error.Class, Is.EqualTo("CommandNotFound"));
    }

    [Test]
    public async Task Silence_and_late_answers_in_virtual_time()
    {
        await VirtualTime.RunAsync(async time =>
        {
            await using var monitor = new ScriptedMonitor(new() { Clock = time.Clock, GreetingDelay = TimeSpan.FromMinutes(1) });
            monitor.On("query-name").Silent();
            monitor.On("query-uuid").After(TimeSpan.FromMinutes(2)).Reply("""{"UUID": "x"}""");
            await Assert.ThrowsAsync<QmpConnectException>(() => monitor.ConnectAsync());
            await using QmpConnection vm = await monitor.ConnectAsync(new()
            {
                ConnectTimeout = TimeSpan.FromMinutes(2), CommandTimeout = TimeSpan.FromMinutes(5),
            });
            TimeSpan start = time.Elapsed;
            ValueTask<UuidInfo> uuid = vm.QueryUuidAsync();
            await Assert.ThrowsAsync<QmpTimeoutException>(() => vm.QueryNameAsync().AsTask());
            Assert.That(time.Elapsed - start, Is.EqualTo(TimeSpan.FromMinutes(5)));
            Assert.That((await uuid).Uuid, Is.EqualTo("x"));
        });
    }

    [Test]
    public async Task A_migration_that_a_source_tells_wrongly()
    {
        await using var monitor = new ScriptedMonitor();
        monitor.On("migrate-set-capabilities").Reply();
        monitor.On("migrate").Reply().Raise("MIGRATION", """{"status": "setup"}""").Raise("MIGRATION", """{"status": "failed"}""");
        monitor.On("query-migrate").Reply("""{"status": "failed", "error-desc": "no route"}""");
        await using QmpConnection vm = await monitor.ConnectAsync();
        MigrationResult result = await vm.RunMigrationAsync(new() { Uri = "tcp:nowhere:1" });
        Assert.That((result.Outcome, result.Reason), Is.EqualTo((MigrationOutcome.Failed, "no route")));
        Assert.That((string?)(await monitor.ReceivedAsync("migrate"))["arguments"]!["uri"], Is.EqualTo("tcp:nowhere:1"));
    }

    [Test]
    public async Task Events_broken_messages_and_the_end_come_when_the_test_wants()
    {
        await using var monitor = new ScriptedMonitor();
        await using QmpConnection vm = await monitor.ConnectAsync();
        using EventSubscription events = vm.Subscribe();
        monitor.Raise("STOP");
        Assert.That((await events.ReadAsync()).ToString(), Is.EqualTo("STOP"));
        monitor.Send("{\"event\": \"RESUME\", ");
        monitor.HangUp();
        Assert.That((await vm.Completion).Reason, Is.EqualTo(DisconnectReason.ClosedWithinMessage));
    }

    [Test]
    public async Task Another_client_may_come_on_a_socket()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = new ScriptedMonitor();
        monitor.Listen(folder.File("qmp"));
        for (int i = 0; i < 2; i++)
        {
            await using QmpConnection vm = await QmpConnection.ConnectUnixAsync(folder.File("qmp"));
            Assert.That(vm.Greeting.Version, Is.EqualTo(new Qmp.Protocol.Messages.QmpVersion(10, 0, 2, "")));
        }
    }

    [Test]
    public async Task With_a_schema_a_name_that_it_does_not_have_is_refused()
    {
        JArray schema = JArray.Parse("""[{"name": "paint", "meta-type": "command", "arg-type": "0", "ret-type": "0"}]""");
        await using var monitor = new ScriptedMonitor(new() { Schema = schema });
        monitor.On("paint").Reply();
        Assert.That(() => monitor.On("pait"), Throws.ArgumentException.With.Message.Contains("no command pait"));
        Assert.That(() => monitor.Raise("EMPTY"), Throws.ArgumentException.With.Message.Contains("no event EMPTY"));
        await using QmpConnection client = await monitor.ConnectAsync();
        Assert.That(await client.ExecuteRawAsync("query-qmp-schema"), Is.EqualTo(schema).Using(new JTokenEqualityComparer()));
    }

    [Test]
    public async Task It_says_what_a_QEMU_said()
    {
        Conversation recording = Recordings.Find("lifecycle/announce-self");
        await using var monitor = new ScriptedMonitor();
        monitor.Play(recording);
        await using QmpConnection vm = await monitor.ConnectAsync();
        QmpCommandException? e = await Assert.ThrowsAsync<QmpCommandException>(() => vm.ExecuteRawAsync("announce-self").AsTask());
        Assert.That(e!.Error.Description, Is.EqualTo("Parameter 'initial' is missing"));
        Assert.That(await vm.ExecuteRawAsync("announce-self"), Is.Empty);
    }

    [Test]
    public async Task A_typed_event_says_what_it_is()
    {
        await using var monitor = new ScriptedMonitor();
        await using QmpConnection vm = await monitor.ConnectAsync();
        using EventSubscription<MigrationEvent> events = vm.Subscribe(MigrationEventDescriptors.Migration);
        monitor.Raise("MIGRATION", """{"status": "active"}""");
        QmpEvent<MigrationEvent> e = await events.ReadAsync();
        Assert.That((e.Name, e.ToString()), Is.EqualTo(("MIGRATION", "MIGRATION {\"status\":\"active\"}")));
    }
}
