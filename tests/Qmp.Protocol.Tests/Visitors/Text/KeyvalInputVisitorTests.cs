using Qmp.Protocol.Visitors;
using Qmp.Protocol.Visitors.Text;
using static Qmp.Protocol.Tests.Visitors.Text.TextInput;

namespace Qmp.Protocol.Tests.Visitors.Text;

internal sealed class KeyvalInputVisitorTests
{
    private static KeyvalInputVisitor Visitor(string text) => new(KeyvalParser.Parse(text));

    [TestCase("on", true)]
    [TestCase("yes", true)]
    [TestCase("true", true)]
    [TestCase("y", true)]
    [TestCase("off", false)]
    [TestCase("no", false)]
    [TestCase("false", false)]
    [TestCase("n", false)]
    public void Booleans_have_four_names_each(string text, bool value) =>
        Assert.That(Read(Visitor($"a={text}"), v => v.ReadBool("a")), Is.EqualTo(value));

    [TestCase("0x2a", 42)]
    [TestCase("052", 42)]
    [TestCase(" -42", -42)]
    [TestCase("+42", 42)]
    public void Integers_are_read_as_C_reads_them(string text, long value) =>
        Assert.That(Read(Visitor($"a={text}"), v => Int(v)), Is.EqualTo(value));

    [TestCase("18446744073709551615", ulong.MaxValue)]
    [TestCase("-1", ulong.MaxValue)]
    public void Unsigned_integers_wrap_around(string text, ulong value) =>
        Assert.That(Read(Visitor($"a={text}"), v => UInt(v)), Is.EqualTo(value));

    [TestCase("3.25", 3.25)]
    [TestCase("-1e3", -1000)]
    [TestCase("0x10", 16)]
    public void Numbers_are_read_as_C_reads_them(string text, double value) =>
        Assert.That(Read(Visitor($"a={text}"), v => v.ReadNumber("a")), Is.EqualTo(value));

    [Test]
    public void Sizes_have_suffixes() =>
        Assert.That(Read(Visitor("a=1.5k"), v => v.ReadSize("a")), Is.EqualTo(1536));

    [Test]
    public void Leaves_that_nobody_converts_stay_strings()
    {
        Assert.That(Read(Visitor("a=null"), v => (string?)v.ReadAny("a")), Is.EqualTo("null"));
        Assert.That(Read(Visitor("a=green"), v => v.ReadEnum("a", Colours)), Is.EqualTo(1));
        Assert.That(Read(Visitor("a=1"), v =>
        {
            JsonKind kind = v.PeekAlternate("a");
            v.ReadString("a");
            return kind;
        }), Is.EqualTo(JsonKind.String));
    }

    [Test]
    public void Lists_are_numbered() =>
        Assert.That(Read(Visitor("a.1=2,a.0=1"), v => List(v, "a", e => Int(e, null))), Is.EqualTo((long[])[1, 2]));

    [TestCase("", "Parameter 'a' is missing")]
    [TestCase("a=x", "Parameter 'a' expects integer")]
    [TestCase("a=", "Parameter 'a' expects integer")]
    [TestCase("a=3.14", "Parameter 'a' expects integer")]
    [TestCase("a=08", "Parameter 'a' expects integer")]
    [TestCase("a=9223372036854775808", "Parameter 'a' expects integer")]
    [TestCase("a=128", "Parameter 'a' expects int8_t")]
    [TestCase("a.b=1", "Parameters 'a.*' are unexpected")]
    [TestCase("a.0=1", "Parameters 'a.*' are unexpected")]
    [TestCase("a=1,b=2", "Parameter 'b' is unexpected")]
    public void Signed_integer_is_checked(string text, string message) =>
        Assert.That(Error(Visitor(text), v => Int8(v)), Is.EqualTo(message));

    [TestCase("a=x", "Parameter 'a' expects integer")]
    [TestCase("a=18446744073709551616", "Parameter 'a' expects integer")]
    [TestCase("a=-18446744073709551616", "Parameter 'a' expects integer")]
    [TestCase("a=256", "Parameter 'a' expects uint8_t")]
    [TestCase("a=-1", "Parameter 'a' expects uint8_t")]
    public void Unsigned_integer_is_checked(string text, string message) =>
        Assert.That(Error(Visitor(text), v => UInt8(v)), Is.EqualTo(message));

    [Test]
    public void Other_kinds_have_words_of_their_own()
    {
        Assert.That(Error(Visitor("a=offer"), v => v.ReadBool("a")),
            Is.EqualTo("Parameter 'a' expects 'on' or 'off'"));
        Assert.That(Error(Visitor("a=0Z"), v => v.ReadSize("a")), Is.EqualTo("Parameter 'a' expects size"));
        Assert.That(Error(Visitor("a=inf"), v => v.ReadNumber("a")),
            Is.EqualTo("Invalid parameter type for 'a', expected: number"));
        Assert.That(Error(Visitor("a="), v => v.ReadNull("a")),
            Is.EqualTo("Invalid parameter type for 'a', expected: null"));
        Assert.That(Error(Visitor("a=blue"), v => v.ReadEnum("a", Colours)),
            Is.EqualTo("Parameter 'a' does not accept value 'blue'"));
        Assert.That(Error(Visitor("a=1"), v => v.StartList("a")),
            Is.EqualTo("Invalid parameter type for 'a', expected: array"));
    }

    [Test]
    public void Paths_have_points_everywhere() => Assert.That(
        Error(Visitor("a.0.b=x"), v =>
        {
            v.StartList("a");
            v.NextElement();
            v.StartStruct(null);
            Int(v, "b");
        }), Is.EqualTo("Parameter 'a.0.b' expects integer"));

    [Test]
    public void Members_of_an_object_are_its_properties()
    {
        var visitor = new KeyvalInputVisitor(KeyvalParser.Parse("a.b=1")) { PropertiesOf = "loader" };
        Assert.That(Error(visitor, _ => { }), Is.EqualTo("Property 'loader.a' not found"));
    }
}
