using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;
using Qmp.Protocol.Visitors;

namespace Qmp.Protocol.Tests.Visitors;

[TestFixture(false)]
[TestFixture(true)]
internal sealed class JsonInputVisitorTests(bool fromTokens)
{
    private static readonly EnumNames Colours = new(
        "Colour", ["red", "green"], [SpecialFeatures.None, SpecialFeatures.Unstable]);

    /// <summary>A visitor of a value that is read from a tree, or straight from the tokens of a message.</summary>
    private JsonInputVisitor Visitor(string json, bool tolerant = false, CompatPolicy? policy = null)
    {
        var visitor = new JsonInputVisitor(tolerant, policy);
        JsonMessage message = JsonMessage.Parse(Encoding.UTF8.GetBytes(json));
        if (fromTokens) visitor.Reset(message, 0);
        else visitor.Reset(message.ToJToken(0));
        return visitor;
    }

    /// <summary>Reads one member <c>a</c> of an object and returns what is wrong with it.</summary>
    private string Error(string json, Action<InputVisitor> read, CompatPolicy? policy = null)
    {
        JsonInputVisitor visitor = Visitor(json, policy: policy);
        return Assert.Throws<VisitorException>(() =>
        {
            visitor.StartStruct(null);
            read(visitor);
            visitor.EndStruct();
        })!.Message;
    }

    private T Read<T>(string json, Func<InputVisitor, T> read)
    {
        JsonInputVisitor visitor = Visitor(json);
        visitor.StartStruct(null);
        T value = read(visitor);
        Assert.That(visitor.EndStruct(), Is.Null);
        return value;
    }

    [TestCase("{}", "Parameter 'a' is missing")]
    [TestCase("{\"a\": null}", "Invalid parameter type for 'a', expected: integer")]
    [TestCase("{\"a\": 1.0}", "Invalid parameter type for 'a', expected: integer")]
    [TestCase("{\"a\": \"1\"}", "Invalid parameter type for 'a', expected: integer")]
    [TestCase("{\"a\": 9223372036854775808}", "Invalid parameter type for 'a', expected: integer")]
    [TestCase("{\"a\": 128}", "Parameter 'a' expects int8_t")]
    [TestCase("{\"a\": -129}", "Parameter 'a' expects int8_t")]
    public void Signed_integers_are_checked_for_type_and_then_for_range(string json, string message) =>
        Assert.That(Error(json, v => v.ReadInt("a", -128, 127, "int8_t")), Is.EqualTo(message));

    [TestCase("{\"a\": true}", "Parameter 'a' expects uint64")]
    [TestCase("{\"a\": 1e3}", "Parameter 'a' expects uint64")]
    [TestCase("{\"a\": 18446744073709551616}", "Parameter 'a' expects uint64")]
    [TestCase("{\"a\": 256}", "Parameter 'a' expects uint8_t")]
    [TestCase("{\"a\": -1}", "Parameter 'a' expects uint8_t")]
    public void Unsigned_integers_are_checked_for_type_and_then_for_range(string json, string message) =>
        Assert.That(Error(json, v => v.ReadUInt("a", 255, "uint8_t")), Is.EqualTo(message));

    [Test]
    public void Negative_sizes_wrap_around() =>
        Assert.That(Read("{\"a\": -1}", v => v.ReadSize("a")), Is.EqualTo(ulong.MaxValue));

    [TestCase("9223372036854775807", 9223372036854775807ul)]
    [TestCase("9223372036854775808", 9223372036854775808ul)]
    [TestCase("18446744073709551615", ulong.MaxValue)]
    [TestCase("-9223372036854775808", 9223372036854775808ul)]
    [TestCase("0", 0ul)]
    [TestCase("-0", 0ul)]
    public void Unsigned_integers_have_64_bits(string number, ulong value) => Assert.That(
        Read($"{{\"a\": {number}}}", v => v.ReadUInt("a", ulong.MaxValue, "uint64_t")), Is.EqualTo(value));

    [TestCase("[]", ExpectedResult = "")]
    [TestCase("[[]]", ExpectedResult = "[]")]
    [TestCase("[[1, 2], [], [3]]", ExpectedResult = "[12][][3]")]
    public string Lists_may_hold_lists(string json) => Read($"{{\"a\": {json}, \"b\": 1}}", v =>
    {
        string text = "";
        v.StartList("a");
        while (v.NextElement())
        {
            text += "[";
            v.StartList(null);
            while (v.NextElement()) text += v.ReadInt(null, 0, 9, "int");
            v.EndList();
            text += "]";
        }

        v.EndList();
        v.ReadInt("b", 0, 9, "int");
        return text;
    });

    // Escaped or not, a name is the same member, and a value the same text.
    [TestCase("{\"a\": \"green\"}")]
    [TestCase("{\"\\u0061\": \"gr\\u0065en\"}")]
    [TestCase("{'a': 'green'}")]
    public void Names_and_values_are_compared_unescaped(string json)
    {
        Assert.That(Read(json, v => v.HasMember("a") ? v.ReadEnum("a", Colours) : -2), Is.EqualTo(1));
        Assert.That(Read(json, v => v.ReadString("a")), Is.EqualTo("green"));
    }

    [Test]
    public void Any_takes_what_is_in_it() => Assert.That(
        Read("{\"a\": {\"x\": [1, {\"y\": null}]}}", v => v.ReadAny("a")).ToString(Newtonsoft.Json.Formatting.None),
        Is.EqualTo("{\"x\":[1,{\"y\":null}]}"));

    [Test]
    public void A_number_may_be_an_integer() =>
        Assert.That(Read("{\"a\": 3}", v => v.ReadNumber("a")), Is.EqualTo(3.0));

    [Test]
    public void Any_takes_null() =>
        Assert.That(Read("{\"a\": null}", v => v.ReadAny("a")).Type, Is.EqualTo(JTokenType.Null));

    [TestCase("{\"a\": 1}", "string")]
    [TestCase("{\"a\": []}", "string")]
    public void Strings_are_not_converted(string json, string kind) => Assert.That(
        Error(json, v => v.ReadString("a")), Is.EqualTo($"Invalid parameter type for 'a', expected: {kind}"));

    [Test]
    public void Kinds_have_names()
    {
        Assert.That(Error("{\"a\": 1}", v => v.ReadBool("a")), Does.EndWith("expected: boolean"));
        Assert.That(Error("{\"a\": 1}", v => v.ReadNull("a")), Does.EndWith("expected: null"));
        Assert.That(Error("{\"a\": \"\"}", v => v.ReadNumber("a")), Does.EndWith("expected: number"));
        Assert.That(Error("{\"a\": 1}", v => v.StartList("a")), Does.EndWith("expected: array"));
        Assert.That(Error("{\"a\": 1}", v => v.StartStruct("a")), Does.EndWith("expected: object"));
        Assert.That(Error("{\"a\": 1}", v => v.ReadEnum("a", Colours)), Does.EndWith("expected: string"));
    }

    [Test]
    public void Enum_errors_show_the_local_name()
    {
        Assert.That(
            Error("{\"a\": {\"b\": \"Red\"}}", v =>
            {
                v.StartStruct("a");
                v.ReadEnum("b", Colours);
            }),
            Is.EqualTo("Parameter 'b' does not accept value 'Red'"));
        Assert.That(
            Error("{\"a\": [\"\"]}", v =>
            {
                v.StartList("a");
                v.NextElement();
                v.ReadEnum(null, Colours);
            }),
            Is.EqualTo("Parameter 'null' does not accept value ''"));
    }

    [Test]
    public void Other_errors_show_the_whole_path()
    {
        static void ReadAll(InputVisitor v)
        {
            v.StartList("a");
            while (v.NextElement())
            {
                v.StartStruct(null);
                v.StartStruct("b");
                v.ReadBool("c");
                v.EndStruct();
                v.EndStruct();
            }

            v.EndList();
        }

        Assert.That(
            Error("{\"a\": [{\"b\": {\"c\": true}}, {\"b\": {}}]}", ReadAll),
            Is.EqualTo("Parameter 'a[1].b.c' is missing"));
        Assert.That(
            Error("{\"a\": [{\"b\": {\"c\": 1}}]}", ReadAll),
            Is.EqualTo("Invalid parameter type for 'a[0].b.c', expected: boolean"));
        Assert.That(
            Error("{\"a\": [{\"b\": {\"c\": true, \"x\": 1}}]}", ReadAll),
            Is.EqualTo("Parameter 'a[0].b.x' is unexpected"));
        Assert.That(Error("{\"a\": [1]}", ReadAll), Is.EqualTo("Invalid parameter type for 'a[0]', expected: object"));
        Assert.That(Error("{\"a\": [], \"\": 1}", ReadAll), Is.EqualTo("Parameter '' is unexpected"));
    }

    // Recorded from QEMU 10.0.2: which of several unexpected members is named depends on a hash table of all of them.
    [TestCase("a b c d e f g", "e")]
    [TestCase("zz yy xx ww vv uu tt ss rr", "ss")]
    [TestCase(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen",
        "twelve")]
    public void Which_unexpected_member_is_named_follows_the_table(string names, string named)
    {
        string json = $"{{{string.Join(",", names.Split(' ').Select(n => $"\"{n}\": 1"))}}}";
        Assert.That(Error(json, _ => { }), Is.EqualTo($"Parameter '{named}' is unexpected"));
    }

    [Test]
    public void A_policy_refuses_before_the_type_is_looked_at()
    {
        var policy = new CompatPolicy
        {
            DeprecatedInput = CompatPolicyInput.Reject,
            UnstableInput = CompatPolicyInput.Reject,
        };
        Assert.That(
            Error("{\"a\": 1}", v => v.HasMember("a", SpecialFeatures.Deprecated | SpecialFeatures.Unstable), policy),
            Is.EqualTo("Deprecated parameter a disabled by policy"));
        Assert.That(
            Error("{}", v => v.CheckMember("a", SpecialFeatures.Unstable), policy),
            Is.EqualTo("Unstable parameter a disabled by policy"));
        Assert.That(
            Error("{\"a\": \"green\"}", v => v.ReadEnum("a", Colours), policy),
            Is.EqualTo("Unstable value green disabled by policy"));
    }

    [Test]
    public void An_absent_member_is_never_refused()
    {
        var visitor = new JsonInputVisitor(policy: new CompatPolicy { DeprecatedInput = CompatPolicyInput.Reject });
        visitor.Reset(null);
        visitor.StartStruct(null);
        Assert.That(visitor.HasMember("a", SpecialFeatures.Deprecated), Is.False);
        Assert.That(visitor.EndStruct(), Is.Null);
    }

    [Test]
    public void A_policy_may_crash()
    {
        string? crashed = null;
        var policy = new CompatPolicy { DeprecatedInput = CompatPolicyInput.Crash, Crash = reason => crashed = reason };
        Error("{\"a\": 1}", v => v.HasMember("a", SpecialFeatures.Deprecated), policy);
        Assert.That(crashed, Is.EqualTo("Deprecated parameter a disabled by policy"));
    }

    [Test]
    public void An_alternate_tells_kinds_apart_and_names_its_type()
    {
        JsonKind Kind(string json) => Read(json, v =>
        {
            JsonKind kind = v.PeekAlternate("a");
            v.ReadAny("a");
            return kind;
        });
        Assert.That(
            ((string[])["null", "1", "1.5", "\"\"", "{}", "[]", "false"]).Select(j => Kind($"{{\"a\": {j}}}")),
            Is.EqualTo([
                JsonKind.Null, JsonKind.Number, JsonKind.Number, JsonKind.String, JsonKind.Object, JsonKind.Array,
                JsonKind.Boolean,
            ]));
        Assert.That(
            new JsonInputVisitor().NoBranch("tls-creds", "StrOrNull").Message,
            Is.EqualTo("Invalid parameter type for 'tls-creds', expected: StrOrNull"));
    }

    [Test]
    public void A_tolerant_visitor_hands_unknown_things_back()
    {
        JsonInputVisitor visitor = Visitor("{\"a\": \"blue\", \"new\": {\"x\": 1}, \"b\": true}", tolerant: true);
        visitor.StartStruct(null);
        Assert.That(visitor.ReadEnum("a", Colours), Is.EqualTo(-1));
        Assert.That(visitor.ReadBool("b"), Is.True);
        Assert.That(visitor.EndStruct()?.ToString(Newtonsoft.Json.Formatting.None), Is.EqualTo("{\"new\":{\"x\":1}}"));
    }

    [Test]
    public void An_absent_root_is_an_empty_object()
    {
        var visitor = new JsonInputVisitor();
        visitor.Reset(null);
        visitor.StartStruct(null);
        Assert.That(visitor.HasMember("a"), Is.False);
        Assert.That(
            () => visitor.ReadString("a"),
            Throws.TypeOf<VisitorException>().With.Message.EqualTo("Parameter 'a' is missing"));
    }
}
