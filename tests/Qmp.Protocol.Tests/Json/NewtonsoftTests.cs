using System.Numerics;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;

namespace Qmp.Protocol.Tests.Json;

/// <summary>Any Newtonsoft code can use the dialect's reader and writer.</summary>
internal sealed class NewtonsoftTests
{
    private static string Written(Action<QmpJsonWriter> write, bool pretty = false)
    {
        using var buffer = new ByteBuffer();
        write(new QmpJsonWriter(buffer, pretty));
        return Encoding.ASCII.GetString(buffer.Span);
    }

    private sealed record Sample(int Number, string? Text, IReadOnlyList<double> Values, TimeSpan Span);

    [Test]
    public void A_serializer_writes_and_reads_objects()
    {
        var sample = new Sample(1, "ä", [0.1, 1], TimeSpan.FromSeconds(90));
        string text = Written(w => new JsonSerializer().Serialize(w, sample));
        Assert.That(
            text,
            Is.EqualTo(
                "{\"Number\": 1, \"Text\": \"\\u00E4\", \"Values\": [0.10000000000000001, 1], "
                + "\"Span\": \"00:01:30\"}"));
        Sample? read = new JsonSerializer().Deserialize<Sample>(new QmpJsonReader(Encoding.UTF8.GetBytes(text)));
        Assert.That(read!.Values, Is.EqualTo(sample.Values));
        Assert.That((read.Number, read.Text, read.Span), Is.EqualTo((sample.Number, sample.Text, sample.Span)));
    }

    [Test]
    public void A_tree_writes_itself_in_its_own_order() => Assert.That(
        Written(w => JObject.Parse("{\"b\": [1, {}, []], \"a\": null}").WriteTo(w)),
        Is.EqualTo("{\"b\": [1, {}, []], \"a\": null}"));

    [Test]
    public void A_tree_is_written_in_hash_order_on_request() => Assert.That(
        Written(w => w.WriteOrdered(JObject.Parse("{\"b\": 1, \"a\": {\"minor\": 1, \"micro\": 2}}"))),
        Is.EqualTo("{\"a\": {\"micro\": 2, \"minor\": 1}, \"b\": 1}"));

    [Test]
    public void Trees_and_raw_values_can_be_members() => Assert.That(
        Written(w =>
        {
            w.WriteStartObject();
            w.WritePropertyName("x");
            w.WriteOrdered(JObject.Parse("{\"minor\": 1, \"micro\": 2}"));
            w.WritePropertyName("y");
            w.WriteRawValue("3");
            w.WritePropertyName("z");
            w.WriteOrdered(new JValue(4));
            w.WriteEndObject();
        }),
        Is.EqualTo("{\"x\": {\"micro\": 2, \"minor\": 1}, \"y\": 3, \"z\": 4}"));

    [Test]
    public void Pretty_output_indents_by_four_and_opens_empty_containers() => Assert.That(
        Written(w => JObject.Parse("{\"a\": [1, {}], \"b\": []}").WriteTo(w), pretty: true),
        Is.EqualTo(
            "{\r\n    \"a\": [\r\n        1,\r\n        {\r\n        }\r\n    ],\r\n    \"b\": [\r\n    ]\r\n}"));

    [Test]
    public void Values_without_a_JSON_form_become_strings_or_doubles()
    {
        var values = new object?[]
        {
            BigInteger.Pow(10, 30), 1.5m, 'x', new Uri("http://a/b"), Guid.Empty, new byte[] { 1 }, null,
            new DateTime(2025, 1, 2, 3, 4, 5, DateTimeKind.Utc), (byte)3, ulong.MaxValue, 1.5f,
        };
        string text = Written(w =>
        {
            w.WriteStartArray();
            foreach (object? value in values) w.WriteValue(value);
            w.WriteUndefined();
            w.WriteRawValue("[ ]");
            w.WriteEndArray();
        });
        Assert.That(text, Is.EqualTo(
            "[1e+30, 1.5, \"x\", \"http://a/b\", \"00000000-0000-0000-0000-000000000000\", \"AQ==\", null, "
            + "\"2025-01-02T03:04:05.0000000Z\", 3, 18446744073709551615, 1.5, null, [ ]]"));
    }

    [Test]
    public void What_is_no_character_is_written_as_replacement() => Assert.That(
        Written(w => w.WriteValue("\uD800x\uDC00\uFFFE")),
        Is.EqualTo("\"\\uFFFDx\\uFFFD\\uFFFD\""));

    [Test]
    public void Deep_values_are_read_whole()
    {
        string text = new string('[', 1024) + new string(']', 1024);
        Assert.That(
            DialectTests.Echo(JToken.ReadFrom(new QmpJsonReader(Encoding.UTF8.GetBytes(text)))), Is.EqualTo(text));
    }

    [Test]
    public void Numbers_have_the_type_that_keeps_them() => Assert.That(
        JArray.Load(new QmpJsonReader("[1, 9223372036854775808, 18446744073709551616, 0.5]"u8))
            .Select(t => ((JValue)t).Value),
        Is.EqualTo(new object[] { 1L, 9223372036854775808UL, 18446744073709551616.0, 0.5 }));

    [Test]
    public void Dates_stay_text() => Assert.That(
        JToken.ReadFrom(new QmpJsonReader("\"2025-01-02T03:04:05Z\""u8)).Type, Is.EqualTo(JTokenType.String));
}
