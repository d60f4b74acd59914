using Qmp.Protocol.Visitors;
using Qmp.Protocol.Visitors.Text;
using static Qmp.Protocol.Tests.Visitors.Text.TextInput;

namespace Qmp.Protocol.Tests.Visitors.Text;

internal sealed class OptionListTests
{
    private static OptionListInputVisitor Visitor(string text) => new(OptionList.Parse(text));

    private static OptionTableInputVisitor Table(string text) => new(OptionList.Parse(text));

    private static string Items(string text, string? impliedKey = null) => string.Join(
        " ", OptionList.Parse(text, impliedKey).Items.Select(item => $"{item.Key}:{item.Value}"));

    [TestCase("a=1,b=2,,x,a=3", null, "a:1 b:2,x a:3")]
    [TestCase("an,aus=off", "implied", "implied:an aus:off")]
    [TestCase("val,,ue", "implied", "implied:val,ue")]
    [TestCase("server,nowait", null, "server:on wait:off")]
    [TestCase("a.b=1", null, "a.b:1")]
    [TestCase("a=1,", null, "a:1")]
    public void Text_becomes_a_flat_list(string text, string? impliedKey, string items) =>
        Assert.That(Items(text, impliedKey), Is.EqualTo(items));

    [Test]
    public void Id_names_the_whole_and_the_first_one_counts()
    {
        OptionList options = OptionList.Parse("a=1,id=x,id=y");
        Assert.That((options.Id, options.Items.Count), Is.EqualTo(("x", 1)));
    }

    [TestCase("id=1a")]
    [TestCase("id=")]
    [TestCase("id=a/b")]
    public void Id_must_be_an_identifier(string text) => Assert.That(
        () => OptionList.Parse(text),
        Throws.TypeOf<VisitorException>().With.Message.EqualTo(
            "Parameter 'id' expects an identifier\n"
            + "Identifiers consist of letters, digits, '-', '.', '_', starting with a letter."));

    [TestCase("server", "server' deprecated\nPlease use server=on instead")]
    [TestCase("nowait", "nowait' deprecated\nPlease use wait=off instead")]
    [TestCase("nodelay", "nodelay' deprecated\nPlease use nodelay=on instead")]
    public void Flags_are_warned_about(string text, string warning)
    {
        var warnings = new List<string>();
        OptionList.Parse(text, warn: warnings.Add);
        Assert.That(warnings, Is.EqualTo((string[])[$"warning: short-form boolean option '{warning}"]));
    }

    [Test]
    public void Last_value_counts() => Assert.That(Read(Visitor("a=1,a=2"), v => Int(v)), Is.EqualTo(2));

    [Test]
    public void Inner_objects_have_no_names() => Assert.That(
        Read(Visitor("a=1"), v =>
        {
            v.StartStruct("inner");
            long value = Int(v);
            v.EndStruct();
            return value;
        }), Is.EqualTo(1));

    [TestCase("a=5-6", new long[] { 5, 6 })]
    [TestCase("a=1,a=-3--2,a=0x10", new long[] { 1, -3, -2, 16 })]
    [TestCase("a=9223372036854775806-9223372036854775807", new[] { long.MaxValue - 1, long.MaxValue })]
    public void Lists_are_keys_that_come_again_and_ranges(string text, long[] values) =>
        Assert.That(Read(Visitor(text), v => List(v, "a", e => Int(e, null))), Is.EqualTo(values));

    [TestCase("a=0-65535", 65536)]
    [TestCase("a=18446744073709551615-18446744073709551615", 1)]
    public void Unsigned_ranges_may_be_long(string text, int count) =>
        Assert.That(Read(Visitor(text), v => List(v, "a", e => UInt(e, null))), Has.Count.EqualTo(count));

    [TestCase("a=", "an int64 value or range")]
    [TestCase("a=5z", "an int64 value or range")]
    [TestCase("a=5-", "an int64 value or range")]
    [TestCase("a=6-5", "an int64 value or range")]
    [TestCase("a=5-6z", "an int64 value or range")]
    [TestCase("a=0-65536", "an int64 value or range")]
    public void Ranges_are_checked(string text, string expected) => Assert.That(
        Error(Visitor(text), v => List(v, "a", e => Int(e, null))), Is.EqualTo($"Parameter 'a' expects {expected}"));

    [Test]
    public void Visited_options_have_words_of_their_own()
    {
        Assert.That(Error(Visitor(""), v => v.ReadBool("a")), Is.EqualTo("Parameter 'a' is missing"));
        Assert.That(Error(Visitor("a=x"), v => Int(v)), Is.EqualTo("Parameter 'a' expects an int64 value"));
        Assert.That(Error(Visitor("a=5-6"), v => Int(v)), Is.EqualTo("Parameter 'a' expects an int64 value"));
        Assert.That(Error(Visitor("a=-1"), v => UInt(v)), Is.EqualTo("Parameter 'a' expects a uint64 value"));
        Assert.That(Error(Visitor("a=256"), v => UInt8(v)), Is.EqualTo("Parameter 'a' expects uint8_t"));
        Assert.That(Error(Visitor("a=foo"), v => v.ReadSize("a")), Is.EqualTo("Parameter 'a' expects a size value"));
        Assert.That(Error(Visitor("a=maybe"), v => v.ReadBool("a")),
            Is.EqualTo("Parameter 'a' expects 'on' or 'off'"));
        Assert.That(Error(Visitor("foo=1,bar=2"), _ => { }), Is.EqualTo("Invalid parameter 'bar'"));
        Assert.That(Error(Visitor("id=b"), _ => { }), Is.EqualTo("Invalid parameter 'id'"));
    }

    [Test]
    public void Tabled_options_have_words_of_their_own()
    {
        Assert.That(Error(Table("a=x"), v => UInt(v)), Is.EqualTo("Parameter 'a' expects a number"));
        Assert.That(Error(Table("a=99999999999999999999"), v => UInt(v)),
            Is.EqualTo("Value '99999999999999999999' is too large for parameter 'a'"));
        Assert.That(Error(Table("a=-1"), v => v.ReadSize("a")),
            Is.EqualTo("Value '-1' is out of range for parameter 'a'"));
        Assert.That(Error(Table("a=64Q"), v => v.ReadSize("a")), Is.EqualTo(
            "Parameter 'a' expects a non-negative number below 2^64\n"
            + "Optional suffix k, M, G, T, P or E means kilo-, mega-, giga-, tera-, peta-\n"
            + "and exabytes, respectively."));
        Assert.That(Error(Table("foo=1,bar=2"), _ => { }), Is.EqualTo("Invalid parameter 'foo'"));
        Assert.That(Read(Table("a=-1"), v => UInt(v)), Is.EqualTo(ulong.MaxValue));
    }
}
