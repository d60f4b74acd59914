using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;

namespace Qmp.Protocol.Tests.Messages;

internal sealed class MessageWriterTests
{
    private static string Text(MessageWriter writer) => Encoding.ASCII.GetString(writer.Output.Span);

    [Test]
    public void A_request_is_what_the_envelope_reads()
    {
        using var writer = new MessageWriter();
        OutputVisitor visitor = writer.BeginRequest("getfd", outOfBand: true);
        visitor.StartStruct("arguments"u8);
        visitor.WriteString("fdname"u8, "a");
        visitor.EndStruct();
        writer.EndRequest(new JValue("libvirt-1"));
        Assert.That(
            Text(writer),
            Is.EqualTo(
                "{\"exec-oob\": \"getfd\", \"arguments\": {\"fdname\": \"a\"}, \"id\": \"libvirt-1\"}\r\n"));
        JsonMessage message = JsonMessage.Parse(writer.Output.Span);
        Assert.That(RequestEnvelope.Read(message, outOfBandEnabled: true).Error, Is.Null);
    }

    [Test]
    public void A_request_may_have_neither_arguments_nor_id()
    {
        using var writer = new MessageWriter();
        writer.BeginRequest("stop");
        writer.EndRequest(null);
        Assert.That(Text(writer), Is.EqualTo("{\"execute\": \"stop\"}\r\n"));
    }

    [TestCase("1", "1")]
    [TestCase("-0", "0")]
    [TestCase("18446744073709551615", "18446744073709551615")]
    [TestCase("0.1", "0.10000000000000001")]
    [TestCase("true", "true")]
    [TestCase("'x\"y'", "\"x\\\"y\"")]
    [TestCase("\"\\u0041\"", "\"A\"")]
    [TestCase("{\"minor\": [], \"micro\": {}}", "{\"micro\": {}, \"minor\": []}")]
    public void An_id_is_echoed_normalised(string id, string echoed)
    {
        using var writer = new MessageWriter();
        JsonMessage message = JsonMessage.Parse(Encoding.UTF8.GetBytes($"{{\"id\": {id}, \"execute\": 1}}"));
        writer.WriteError(message, RequestEnvelope.Read(message, false).Id, QmpError.Generic("x"));
        Assert.That(
            Text(writer),
            Is.EqualTo(
                $"{{\"id\": {echoed}, \"error\": {{\"class\": \"GenericError\", \"desc\": \"x\"}}}}\r\n"));
    }
}
