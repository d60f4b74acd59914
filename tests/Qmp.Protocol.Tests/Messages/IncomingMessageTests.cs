using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;
using Qmp.Protocol.Messages;

namespace Qmp.Protocol.Tests.Messages;

internal sealed class IncomingMessageTests
{
    private static IncomingMessage Read(string json) =>
        IncomingMessage.Read(JsonMessage.Parse(Encoding.UTF8.GetBytes(json)));

    [Test]
    public void A_greeting_has_version_and_capabilities()
    {
        IncomingMessage message = Read(
            "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 2, \"minor\": 0, \"major\": 10}, \"package\": \"p\"}, "
            + "\"capabilities\": [\"oob\", \"new\"]}}");
        Assert.That(message.Kind, Is.EqualTo(IncomingMessageKind.Greeting));
        Assert.That(message.Version, Is.EqualTo(new QmpVersion(10, 0, 2, "p")));
        Assert.That(message.Capabilities, Is.EqualTo(["oob", "new"]));
    }

    [Test]
    public void A_reply_has_id_and_value()
    {
        IncomingMessage message = Read("{\"return\": {\"status\": \"running\"}, \"id\": \"a-1\"}");
        Assert.That(message.Kind, Is.EqualTo(IncomingMessageKind.Return));
        Assert.That((string?)message.Id, Is.EqualTo("a-1"));
        Assert.That((string?)message.Value!["status"], Is.EqualTo("running"));
    }

    [Test]
    public void A_null_id_is_not_an_absent_one()
    {
        Assert.That(Read("{\"return\": {}, \"id\": null}").Id?.Type, Is.EqualTo(JTokenType.Null));
        Assert.That(Read("{\"return\": {}}").Id, Is.Null);
    }

    [Test]
    public void An_error_has_class_and_description()
    {
        IncomingMessage message = Read("{\"id\": 1, \"error\": {\"class\": \"DeviceNotFound\", \"desc\": \"x\"}}");
        Assert.That(message.Kind, Is.EqualTo(IncomingMessageKind.Error));
        Assert.That(message.Error, Is.EqualTo(new QmpError("DeviceNotFound", "x")));
    }

    [Test]
    public void An_event_has_name_stamp_and_data()
    {
        IncomingMessage message = Read(
            "{\"timestamp\": {\"seconds\": 1735787045, \"microseconds\": 678901}, \"event\": \"RESET\", "
            + "\"data\": {\"guest\": true}}");
        Assert.That(message.Kind, Is.EqualTo(IncomingMessageKind.Event));
        Assert.That(message.EventName, Is.EqualTo("RESET"));
        Assert.That(
            message.Timestamp, Is.EqualTo(DateTimeOffset.FromUnixTimeSeconds(1735787045).AddMicroseconds(678901)));
        Assert.That((bool?)message.Value!["guest"], Is.True);
    }

    [TestCase("{\"event\": \"X\", \"timestamp\": {\"seconds\": -1, \"microseconds\": -1}}")]
    [TestCase("{\"event\": \"X\", \"timestamp\": {\"seconds\": 99999999999999, \"microseconds\": 0}}")]
    [TestCase("{\"event\": \"X\"}")]
    public void An_event_may_be_without_time(string json) => Assert.That(Read(json).Timestamp, Is.Null);

    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("{\"error\": 1}")]
    [TestCase("{\"event\": 1}")]
    public void Anything_else_is_unknown(string json) =>
        Assert.That(Read(json).Kind, Is.EqualTo(IncomingMessageKind.Unknown));
}
