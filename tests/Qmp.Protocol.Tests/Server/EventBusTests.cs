using System.Text;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Tests.Support;
using Qmp.Protocol.Visitors;
using Qmp.Server.Events;

namespace Qmp.Protocol.Tests.Server;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class EventBusTests
{
    private static readonly EventDescriptor<Sample> Change = Descriptor("CHANGE");

    private readonly ManualTime _time = new();

    private sealed record Sample(string Id, int Value);

    private sealed class Receiver(bool pretty = false) : IEventReceiver
    {
        public List<string> Messages { get; } = [];

        public bool IsPretty => pretty;

        public void Send(ReadOnlySpan<byte> message) => Messages.Add(Encoding.ASCII.GetString(message));
    }

    private static EventDescriptor<Sample> Descriptor(string name, SpecialFeatures features = SpecialFeatures.None) =>
        new(
            name,
            features,
            HasData: true,
            (visitor, member, sample) =>
            {
                visitor.StartStruct(member);
                if (sample.Id.Length > 0) visitor.WriteString("id"u8, sample.Id);
                if (sample.Value > 0) visitor.WriteInt("value"u8, sample.Value);
                visitor.EndStruct();
            },
            (_, _) => new Sample("", 0));

    private (EventBus Bus, Receiver Receiver) Create(CompatPolicy? policy = null, params EventThrottle[] throttles)
    {
        var bus = new EventBus(_time, throttles, policy);
        var receiver = new Receiver();
        bus.Join(receiver);
        return (bus, receiver);
    }

    private static int[] Values(Receiver receiver) =>
        [.. receiver.Messages.Select(m => int.Parse(m.Split("\"value\": ")[1].Split('}')[0]))];

    [Test]
    public void An_event_is_stamped_with_seconds_and_microseconds()
    {
        (EventBus bus, Receiver receiver) = Create();
        bus.Publish(Change, new Sample("a", 1));
        Assert.That(receiver.Messages, Is.EqualTo([
            "{\"timestamp\": {\"seconds\": 1735787045, \"microseconds\": 678901}, \"event\": \"CHANGE\", "
            + "\"data\": {\"id\": \"a\", \"value\": 1}}\r\n",
        ]));
    }

    [Test]
    public void Empty_data_is_left_out()
    {
        (EventBus bus, Receiver receiver) = Create();
        bus.Publish(Change, new Sample("", 0));
        bus.Publish(TestMachine.Stop, new object());
        Assert.That(receiver.Messages, Has.All.Not.Contains("data"));
        Assert.That(receiver.Messages, Has.All.EndsWith("\"}\r\n"));
    }

    [Test]
    public void Pretty_and_plain_sessions_get_the_same_event()
    {
        (EventBus bus, Receiver plain) = Create();
        var pretty = new Receiver(pretty: true);
        bus.Join(pretty);
        bus.Publish(Change, new Sample("", 3));
        Assert.That(
            pretty.Messages.Single(), Does.EndWith("    \"data\": {\r\n        \"value\": 3\r\n    }\r\n}\r\n"));
        Assert.That(plain.Messages.Single(), Does.EndWith("\"data\": {\"value\": 3}}\r\n"));
    }

    [Test]
    public void Hidden_events_are_not_sent()
    {
        (EventBus bus, Receiver receiver) = Create(new CompatPolicy { UnstableOutput = CompatPolicyOutput.Hide });
        bus.Publish(Descriptor("X", SpecialFeatures.Unstable), new Sample("", 1));
        bus.Publish(Descriptor("Y", SpecialFeatures.Deprecated), new Sample("", 2));
        Assert.That(Values(receiver), Is.EqualTo([2]));
    }

    [Test]
    public void A_throttled_event_comes_once_per_interval_and_the_last_one_is_kept()
    {
        (EventBus bus, Receiver receiver) = Create(null, new EventThrottle("CHANGE", TimeSpan.FromSeconds(1)));
        bus.Publish(Change, new Sample("", 1));
        bus.Publish(Change, new Sample("", 2));
        _time.Advance(TimeSpan.FromMilliseconds(400));
        bus.Publish(Change, new Sample("", 3));
        Assert.That(Values(receiver), Is.EqualTo([1]));
        _time.Advance(TimeSpan.FromMilliseconds(599));
        Assert.That(Values(receiver), Is.EqualTo([1]));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(Values(receiver), Is.EqualTo([1, 3]));
        Assert.That(
            receiver.Messages[1], Does.Contain("\"seconds\": 1735787046, \"microseconds\": 78901"), "its own stamp");
    }

    [Test]
    public void An_interval_begins_again_with_each_event_that_was_held()
    {
        (EventBus bus, Receiver receiver) = Create(null, new EventThrottle("CHANGE", TimeSpan.FromSeconds(1)));
        bus.Publish(Change, new Sample("", 1));
        bus.Publish(Change, new Sample("", 2));
        _time.Advance(TimeSpan.FromSeconds(1));
        bus.Publish(Change, new Sample("", 3));
        Assert.That(Values(receiver), Is.EqualTo([1, 2]));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(Values(receiver), Is.EqualTo([1, 2, 3]));
        _time.Advance(TimeSpan.FromSeconds(1));
        bus.Publish(Change, new Sample("", 4));
        Assert.That(Values(receiver), Is.EqualTo([1, 2, 3, 4]), "a quiet interval ends the throttling");
    }

    [Test]
    public void Events_with_different_keys_do_not_limit_each_other()
    {
        (EventBus bus, Receiver receiver) = Create(
            null, new EventThrottle("CHANGE", TimeSpan.FromSeconds(1), data => ((Sample)data).Id));
        bus.Publish(Change, new Sample("a", 1));
        bus.Publish(Change, new Sample("b", 2));
        bus.Publish(Change, new Sample("a", 3));
        bus.Publish(Descriptor("OTHER"), new Sample("a", 4));
        Assert.That(Values(receiver), Is.EqualTo([1, 2, 4]));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(Values(receiver), Is.EqualTo([1, 2, 4, 3]));
    }

    [Test]
    public void A_disposed_bus_sends_nothing()
    {
        (EventBus bus, Receiver receiver) = Create(null, new EventThrottle("CHANGE", TimeSpan.FromSeconds(1)));
        bus.Publish(Change, new Sample("", 1));
        bus.Publish(Change, new Sample("", 2));
        bus.Dispose();
        _time.Advance(TimeSpan.FromSeconds(5));
        bus.Publish(Change, new Sample("", 3));
        Assert.That(Values(receiver), Is.EqualTo([1]));
    }

    [Test]
    public async Task Events_go_to_negotiated_sessions_only_and_come_before_the_reply()
    {
        await using var server = new TestServer();
        using TestClient asker = await server.Connect().NegotiateAsync();
        using TestClient listener = await server.Connect().NegotiateAsync();
        using TestClient stranger = server.Connect();
        await stranger.ReadAsync();
        string raised = await asker.AskAsync("{\"execute\": \"stop\"}");
        Assert.That(raised, Does.Contain("\"STOP\""));
        Assert.That(await asker.ReadAsync(), Is.EqualTo("{\"return\": {}}\r\n"));
        Assert.That(await listener.ReadAsync(), Is.EqualTo(raised));
        Assert.That(await stranger.AskAsync("[]"), Does.Contain("must be a JSON object"));
    }
}
