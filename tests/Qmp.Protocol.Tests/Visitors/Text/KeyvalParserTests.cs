using Newtonsoft.Json;
using Qmp.Protocol.Visitors;
using Qmp.Protocol.Visitors.Text;

namespace Qmp.Protocol.Tests.Visitors.Text;

internal sealed class KeyvalParserTests
{
    private static readonly string LongName = new('k', 127);

    [TestCase("", null, "{}")]
    [TestCase("a=1,b=2,,x,a=3", null, """{"a":"3","b":"2,x"}""")]
    [TestCase("a.b.c=1,a.b.c=2,d=3", null, """{"a":{"b":{"c":"2"}},"d":"3"}""")]
    [TestCase("x=y,", null, """{"x":"y"}""")]
    [TestCase("x=,,id=bar", null, """{"x":",id=bar"}""")]
    [TestCase("an,aus=off,noaus=", "implied", """{"implied":"an","aus":"off","noaus":""}""")]
    [TestCase("val", "eins.zwei", """{"eins":{"zwei":"val"}}""")]
    [TestCase("help=on", null, """{"help":"on"}""")]
    [TestCase("help.abc", "implied", """{"implied":"help.abc"}""")]
    [TestCase("list.0=null,list.2=zwei,list.1=eins", null, """{"list":["null","eins","zwei"]}""")]
    [TestCase("list.1=goner,list.0=null,list.01=eins,list.2=zwei", null, """{"list":["null","eins","zwei"]}""")]
    [TestCase("a.list.1=eins,a.list.00=null,a.list.2=zwei", null, """{"a":{"list":["null","eins","zwei"]}}""")]
    [TestCase("a.0.b=1", null, """{"a":[{"b":"1"}]}""")]
    [TestCase("__com.redhat_a.b=1", null, """{"__com.redhat_a":{"b":"1"}}""")]
    public void Text_becomes_a_tree_of_strings(string text, string? impliedKey, string tree) =>
        Assert.That(KeyvalParser.Parse(text, impliedKey).ToString(Formatting.None), Is.EqualTo(tree));

    [TestCase("=val", null, "Invalid parameter ''")]
    [TestCase("=val", "implied", "Invalid parameter ''")]
    [TestCase(".", null, "Invalid parameter '.'")]
    [TestCase("key.", null, "Invalid parameter 'key.'")]
    [TestCase("a..b=1", null, "Invalid parameter 'a..b'")]
    [TestCase("7up=val", null, "Invalid parameter '7up'")]
    [TestCase("key[0]=val", null, "Invalid parameter 'key[0]'")]
    [TestCase("_a=1", null, "Invalid parameter '_a'")]
    [TestCase("__com.redhat=1", null, "Invalid parameter '__com.redhat'")]
    [TestCase("0=1", null, "Invalid parameter '0'")]
    [TestCase(",", null, "Invalid parameter ''")]
    [TestCase(",", "implied", "Invalid parameter ''")]
    [TestCase("val,,ue", "implied", "Invalid parameter ''")]
    [TestCase("an,noaus,noaus=", null, "Expected '=' after parameter 'an'")]
    [TestCase("an,noaus", "implied", "Expected '=' after parameter 'noaus'")]
    [TestCase("a.b=1,a=2", null, "Parameters 'a.*' used inconsistently")]
    [TestCase("a.b=1,a.b.c=2", null, "Parameters 'a.b.*' used inconsistently")]
    [TestCase("a.b.c=1,a.b.0=2", null, "Parameters 'a.b.*' used inconsistently")]
    [TestCase("a.0.c=1,a.b.c=2", null, "Parameters 'a.*' used inconsistently")]
    [TestCase("list.1=lonely", null, "Parameter 'list.0' missing")]
    [TestCase("list.0=null,list.2=eins,list.02=zwei", null, "Parameter 'list.1' missing")]
    [TestCase("list.0=a,list.99999999999999999999=b", null, "Parameter 'list.1' missing")]
    [TestCase("help", null, "Help is not available for this option")]
    [TestCase("a=1,?", "implied", "Help is not available for this option")]
    public void Malformed_text_is_refused(string text, string? impliedKey, string message) => Assert.That(
        Assert.Throws<VisitorException>(() => KeyvalParser.Parse(text, impliedKey))!.Message, Is.EqualTo(message));

    [Test]
    public void Names_have_a_greatest_length()
    {
        Assert.That(KeyvalParser.Parse($"{LongName}.{LongName}=1").ToString(Formatting.None), Does.Contain(LongName));
        Assert.That(() => KeyvalParser.Parse($"{LongName}k=1"),
            Throws.TypeOf<VisitorException>().With.Message.EqualTo($"Parameter '{LongName}k' is too long"));
        Assert.That(() => KeyvalParser.Parse($"a.{LongName}k=1"),
            Throws.TypeOf<VisitorException>().With.Message.EqualTo($"Parameter fragment '{LongName}k' is too long"));
    }

    [Test]
    public void Later_arguments_add_to_earlier_ones()
    {
        var members = KeyvalParser.Parse("type=pc,o1=abc,o2.s1=def,o2.s2=ghi", "type");
        KeyvalParser.ParseInto(members, "none,o1=ABC,o2.s2=GHI", "type");
        Assert.That(members.ToString(Formatting.None),
            Is.EqualTo("""{"type":"none","o1":"ABC","o2":{"s1":"def","s2":"GHI"}}"""));
    }

    [TestCase("usb.x=1", "usb=on", "Parameters 'usb.*' used inconsistently")]
    [TestCase("usb=on", "usb.x=1", "Parameters 'usb.*' used inconsistently")]
    [TestCase("a.0=1", "a.1=2", "Parameters 'a.*' used inconsistently")]
    public void Later_arguments_must_be_of_one_kind_with_earlier_ones(string first, string second, string message) =>
        Assert.That(
            () => KeyvalParser.ParseInto(KeyvalParser.Parse(first), second),
            Throws.TypeOf<VisitorException>().With.Message.EqualTo(message));
}
