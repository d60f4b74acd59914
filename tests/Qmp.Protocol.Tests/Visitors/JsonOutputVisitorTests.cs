using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;
using Qmp.Protocol.Visitors;

namespace Qmp.Protocol.Tests.Visitors;

internal sealed class JsonOutputVisitorTests
{
    [Test]
    public void Every_kind_of_value_is_written()
    {
        using var buffer = new ByteBuffer();
        var visitor = new JsonOutputVisitor(buffer);
        visitor.StartStruct([]);
        visitor.WriteInt("int"u8, long.MinValue);
        visitor.WriteUInt("uint"u8, ulong.MaxValue);
        visitor.WriteSize("size"u8, 4096);
        visitor.WriteNumber("number"u8, 0.1);
        visitor.WriteBool("bool"u8, false);
        visitor.WriteString("str"u8, "ä\n");
        visitor.WriteEnum("enum"u8, "red");
        visitor.WriteNull("null"u8);
        visitor.WriteAny("any"u8, JObject.Parse("{\"minor\": 1, \"micro\": [true, null]}"));
        visitor.StartList("list"u8);
        visitor.WriteInt([], 1);
        visitor.StartStruct([]);
        visitor.EndStruct();
        visitor.EndList();
        visitor.EndStruct();
        Assert.That(
            Encoding.ASCII.GetString(buffer.Span),
            Is.EqualTo(
                "{\"int\": -9223372036854775808, \"uint\": 18446744073709551615, \"size\": 4096, "
                + "\"number\": 0.10000000000000001, \"bool\": false, \"str\": \"\\u00E4\\n\", \"enum\": \"red\", "
                + "\"null\": null, \"any\": {\"micro\": [true, null], \"minor\": 1}, \"list\": [1, {}]}"));
    }

    [Test]
    public void Members_beyond_the_schema_stand_where_QEMU_would_print_them()
    {
        using var buffer = new ByteBuffer();
        var visitor = new JsonOutputVisitor(buffer);
        visitor.StartStruct([], JObject.Parse("{\"id\": [], \"class\": 1, \"return\": 2}"));
        visitor.WriteInt("timestamp"u8, 3);
        visitor.StartStruct("event"u8);
        visitor.WriteInt("data"u8, 4);
        visitor.EndStruct();
        visitor.WriteInt("error"u8, 5);
        visitor.EndStruct();
        Assert.That(
            Encoding.ASCII.GetString(buffer.Span),
            Is.EqualTo(
                "{\"timestamp\": 3, \"class\": 1, \"event\": {\"data\": 4}, \"return\": 2, \"id\": [], \"error\": 5}"));
    }

    [TestCase(SpecialFeatures.None, false)]
    [TestCase(SpecialFeatures.Deprecated, true)]
    [TestCase(SpecialFeatures.Unstable, false)]
    [TestCase(SpecialFeatures.Unstable | SpecialFeatures.Deprecated, true)]
    public void A_policy_hides_members(SpecialFeatures features, bool hidden)
    {
        using var buffer = new ByteBuffer();
        var visitor = new JsonOutputVisitor(
            buffer, policy: new CompatPolicy { DeprecatedOutput = CompatPolicyOutput.Hide });
        Assert.That(visitor.Hides(features), Is.EqualTo(hidden));
    }
}
