using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Visitors;
using Qmp.Protocol.Visitors.Text;
using static Qmp.Protocol.Tests.Visitors.Text.TextInput;

namespace Qmp.Protocol.Tests.Visitors.Text;

internal sealed class StringVisitorTests
{
    [Test]
    public void Scalars_are_read_from_a_plain_string()
    {
        Assert.That(Int(new StringInputVisitor("-42"), null), Is.EqualTo(-42));
        Assert.That(UInt8(new StringInputVisitor("0x2a"), null), Is.EqualTo(42));
        Assert.That(new StringInputVisitor("64M").ReadSize(null), Is.EqualTo(64 << 20));
        Assert.That(new StringInputVisitor("yes").ReadBool(null), Is.True);
        Assert.That(new StringInputVisitor("3.14").ReadNumber(null), Is.EqualTo(3.14));
        Assert.That(new StringInputVisitor("a,b").ReadString(null), Is.EqualTo("a,b"));
        Assert.That(new StringInputVisitor("green").ReadEnum(null, Colours), Is.EqualTo(1));
        Assert.That(() => new StringInputVisitor("").ReadNull(null), Throws.Nothing);
    }

    [TestCase("1,2,0,2-4,20,5-9", new long[] { 1, 2, 0, 2, 3, 4, 20, 5, 6, 7, 8, 9 })]
    [TestCase("32767,-32768--32767", new long[] { 32767, -32768, -32767 })]
    [TestCase("-9223372036854775808,9223372036854775807", new[] { long.MinValue, long.MaxValue })]
    [TestCase("1-1", new long[] { 1 })]
    [TestCase("9223372036854775806-9223372036854775807", new[] { long.MaxValue - 1, long.MaxValue })]
    [TestCase("", new long[0])]
    public void Integers_come_in_ranges(string text, long[] values) =>
        Assert.That(List(new StringInputVisitor(text), null, v => Int(v, null)), Is.EqualTo(values));

    [Test]
    public void Texts_come_with_commas_between() => Assert.That(
        List(new StringInputVisitor("red,green"), null, v => v.ReadEnum(null, Colours)), Is.EqualTo((int[])[0, 1]));

    [TestCase("9223372036854775808")]
    [TestCase("-9223372036854775809")]
    [TestCase("3-1")]
    [TestCase("9223372036854775807-0")]
    [TestCase("0-65536")]
    [TestCase("not an int list")]
    [TestCase("1,x")]
    [TestCase("1;2")]
    public void Ranges_are_checked(string text) => Assert.That(
        () => List(new StringInputVisitor(text), null, v => Int(v, null)),
        Throws.TypeOf<VisitorException>().With.Message.EqualTo(
            "Parameter 'null' expects list of int64 values or ranges"));

    [Test]
    public void Unsigned_elements_are_checked_for_their_width() => Assert.That(
        () => List(new StringInputVisitor("254-256"), null, v => UInt8(v, null)),
        Throws.TypeOf<VisitorException>().With.Message.EqualTo("Parameter 'null' expects uint8_t"));

    [Test]
    public void Strings_have_words_of_their_own()
    {
        Assert.That(Error(Property("x"), v => Int(v)), Is.EqualTo("Parameter 'a' expects int64"));
        Assert.That(Error(Property("foo"), v => UInt8(v)), Is.EqualTo("Parameter 'a' expects uint64"));
        Assert.That(Error(Property("1000"), v => UInt8(v)), Is.EqualTo("Parameter 'a' expects uint8_t"));
        Assert.That(Error(Property("maybe"), v => v.ReadBool("a")), Is.EqualTo("Parameter 'a' expects 'on' or 'off'"));
        Assert.That(Error(Property("1x"), v => v.ReadSize("a")),
            Does.StartWith("Parameter 'a' expects a non-negative number below 2^64\nOptional suffix k, M, G"));
        Assert.That(Error(Property("x"), v => v.ReadNumber("a")),
            Is.EqualTo("Invalid parameter type for 'a', expected: number"));
        Assert.That(Error(Property("x"), v => v.ReadNull("a")),
            Is.EqualTo("Invalid parameter type for 'a', expected: null"));
    }

    [TestCase(false, "42")]
    [TestCase(true, "42 (0x2a)")]
    public void Integers_are_written(bool human, string text) =>
        Assert.That(Write(v => v.WriteInt([], 42), human), Is.EqualTo(text));

    [TestCase(false, "-3--1")]
    [TestCase(true, "-3--1 (0xfffffffffffffffd-0xffffffffffffffff)")]
    public void Negative_integers_are_written(bool human, string text) =>
        Assert.That(Write(v => WriteList(v, -3, -1, -2), human), Is.EqualTo(text));

    [TestCase(false, "0-1,3,9-16,21-22")]
    [TestCase(true, "0-1,3,9-16,21-22 (0x0-0x1,0x3,0x9-0x10,0x15-0x16)")]
    public void Lists_are_sorted_and_brought_together(bool human, string text) => Assert.That(
        Write(v => WriteList(v, 0, 1, 9, 9, 10, 16, 15, 14, 11, 12, 13, 3, 22, 21), human), Is.EqualTo(text));

    [TestCase(0ul, "0 (0 B)")]
    [TestCase(999ul, "999 (999 B)")]
    [TestCase(1000ul, "1000 (0.977 KiB)")]
    [TestCase(1152ul, "1152 (1.12 KiB)")]
    [TestCase(67108864ul, "67108864 (64 MiB)")]
    [TestCase(ulong.MaxValue, "18446744073709551615 (16 EiB)")]
    public void Sizes_have_a_unit_for_people(ulong size, string text)
    {
        Assert.That(Write(v => v.WriteSize([], size), human: true), Is.EqualTo(text));
        Assert.That(Write(v => v.WriteSize([], size), human: false), Is.EqualTo(text.Split(' ')[0]));
    }

    [Test]
    public void Other_values_are_written()
    {
        Assert.That(Write(v => v.WriteBool([], true)), Is.EqualTo("true"));
        Assert.That(Write(v => v.WriteNumber([], 3.1415926535897931)), Is.EqualTo("3.1415926535897931"));
        Assert.That(Write(v => v.WriteString([], "it")), Is.EqualTo("it"));
        Assert.That(Write(v => v.WriteEnum([], "red"), human: true), Is.EqualTo("\"red\""));
        Assert.That((Write(v => v.WriteNull([])), Write(v => v.WriteNull([]), human: true)),
            Is.EqualTo(("", "<null>")));
        Assert.That(Write(v => v.WriteAny([], new JObject { ["a"] = 1 })), Is.EqualTo("{\"a\": 1}"));
    }

    [Test]
    public void Texts_of_a_list_are_written_with_commas_between()
    {
        Assert.That(Write(v =>
        {
            v.StartList([]);
            v.WriteString([], "a");
            v.WriteString([], "b");
            v.EndList();
        }, human: true), Is.EqualTo("\"a\", \"b\""));
    }

    [Test]
    public void Objects_are_not_shown()
    {
        Assert.That(Write(v =>
        {
            v.StartStruct([]);
            v.WriteInt("a"u8, 1);
            v.StartList("b"u8);
            v.WriteSize([], 1);
            v.EndList();
            v.EndStruct();
        }), Is.EqualTo("<omitted>"));
    }

    [Test]
    public void What_is_written_can_be_read()
    {
        string text = Write(v => WriteList(v, 5, 1, 2, 3));
        Assert.That(List(new StringInputVisitor(text), null, v => Int(v, null)), Is.EqualTo((long[])[1, 2, 3, 5]));
    }

    private static StringInputVisitor Property(string text) => new(new JObject { ["a"] = text });

    private static string Write(Action<OutputVisitor> write, bool human = false)
    {
        var visitor = new StringOutputVisitor(human);
        write(visitor);
        return visitor.ToString();
    }

    private static void WriteList(OutputVisitor visitor, params long[] values)
    {
        visitor.StartList([]);
        foreach (long value in values) visitor.WriteInt(Encoding.UTF8.GetBytes(""), value);
        visitor.EndList();
    }
}
