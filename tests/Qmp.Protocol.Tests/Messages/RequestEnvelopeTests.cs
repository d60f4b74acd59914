using System.Text;
using Qmp.Protocol.Json;
using Qmp.Protocol.Messages;

namespace Qmp.Protocol.Tests.Messages;

internal sealed class RequestEnvelopeTests
{
    private static JsonMessage Parse(string json) => JsonMessage.Parse(Encoding.UTF8.GetBytes(json));

    [TestCase("[]", "must be a JSON object")]
    [TestCase("{}", "lacks member 'execute'")]
    [TestCase("{\"id\": 1, \"arguments\": {}}", "lacks member 'execute'")]
    [TestCase("{\"execute\": 1}", "member 'execute' must be a string")]
    [TestCase("{\"execute\": \"x\", \"arguments\": null}", "member 'arguments' must be an object")]
    [TestCase("{\"arguments\": [], \"execute\": 1}", "member 'execute' must be a string")]
    [TestCase("{\"exec-oob\": \"x\"}", "member 'exec-oob' is unexpected")]
    [TestCase("{\"execute\": \"x\", \"zz\": 1}", "member 'zz' is unexpected")]
    [TestCase("{\"execute\": \"x\", \"\": 1}", "member '' is unexpected")]
    [TestCase("{\"execute\": \"x\", \"minor\": 1, \"micro\": 1}", "member 'micro' is unexpected")]
    public void The_first_error_in_hash_order_wins(string json, string error) => Assert.That(
        RequestEnvelope.Read(Parse(json), outOfBandEnabled: false).Error, Is.EqualTo($"QMP input {error}"));

    [TestCase("{\"execute\": \"x\", \"exec-oob\": \"y\"}", "member 'execute' clashes with 'exec-oob'")]
    [TestCase("{\"execute\": 1, \"exec-oob\": \"y\"}", "member 'execute' must be a string")]
    [TestCase("{\"execute\": 1, \"exec-oob\": 2}", "member 'exec-oob' must be a string")]
    [TestCase("{\"id\": 1}", "lacks member 'execute'")]
    public void With_oob_there_are_two_ways_to_name_the_command(string json, string error) => Assert.That(
        RequestEnvelope.Read(Parse(json), outOfBandEnabled: true).Error, Is.EqualTo($"QMP input {error}"));

    [Test]
    public void Members_are_found_in_any_order_and_with_escapes()
    {
        JsonMessage message = Parse(
            "{\"id\": [1, {\"execute\": 2}], 'arguments': {\"a\": 1}, \"ex\\u0065cute\": \"stop\"}");
        RequestEnvelope envelope = RequestEnvelope.Read(message, outOfBandEnabled: true);
        Assert.That((envelope.Error, envelope.OutOfBand), Is.EqualTo(((string?)null, false)));
        Assert.That(message.StringAt(envelope.Command), Is.EqualTo("stop"));
        Assert.That(
            message.ToJToken(envelope.Arguments).ToString(Newtonsoft.Json.Formatting.None), Is.EqualTo("{\"a\":1}"));
        Assert.That(message.KindAt(envelope.Id), Is.EqualTo(JsonTokenKind.LeftBracket));
    }

    [TestCase("{\"exec-oob\": 1}", true)]
    [TestCase("{\"exec-oob\": \"x\", \"execute\": \"x\"}", false)]
    [TestCase("{\"execute\": \"exec-oob\"}", false)]
    [TestCase("[\"exec-oob\"]", false)]
    public void Out_of_band_is_asked_for_by_the_key_alone(string json, bool expected) =>
        Assert.That(RequestEnvelope.AsksOutOfBand(Parse(json)), Is.EqualTo(expected));

    [Test]
    public void The_id_is_known_even_when_something_else_is_wrong()
    {
        JsonMessage message = Parse("{\"id\": 7, \"bogus\": 1}");
        Assert.That(message.RawAt(RequestEnvelope.Read(message, false).Id).ToArray(), Is.EqualTo("7"u8.ToArray()));
    }
}
