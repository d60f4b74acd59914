using Newtonsoft.Json;
using Qmp.Shell.Language;
using Qmp.Shell.Schema;

namespace Qmp.Shell.Tests.Language;

[TestFixture]
internal sealed class CommandParserTests
{
    // Without a schema: words mean what they look like.
    [TestCase("query-status", """query-status {}""")]
    [TestCase("  query-status  ", """query-status {}""")]
    [TestCase("a x=5", """a {"x":5}""")]
    [TestCase("a x=-5 y=0x10 z=18446744073709551615", """a {"x":-5,"y":16,"z":18446744073709551615}""")]
    [TestCase("a x=true y=False z=text", """a {"x":true,"y":false,"z":"text"}""")]
    [TestCase("a x=1.5", """a {"x":"1.5"}""")]
    [TestCase("a x=", """a {"x":""}""")]
    [TestCase("a x=b=c", """a {"x":"b=c"}""")]
    [TestCase("a x.y=1 x.z.w=2 v=3", """a {"x":{"y":1,"z":{"w":2}},"v":3}""")]
    [TestCase("a x=\"two words\"", """a {"x":"two words"}""")]
    [TestCase("a x='two words'", """a {"x":"two words"}""")]
    [TestCase("a x=\"5\"", """a {"x":"5"}""")]
    [TestCase("a x=it's", "a {\"x\":\"it's\"}")]
    [TestCase("a x={\"b\": 1, \"c\": [true, null]}", """a {"x":{"b":1,"c":[true,null]}}""")]
    [TestCase("a x={'b': 1, 'c': [True, None, False],}", """a {"x":{"b":1,"c":[true,null,false]}}""")]
    [TestCase("a x=[1, 0x10, -3, 1.5, 2e3] y=2", """a {"x":[1,16,-3,1.5,2000.0],"y":2}""")]
    [TestCase("a x=[]", """a {"x":[]}""")]
    [TestCase("a x={'a': {'b': []}} y.z={'c': 1}", """a {"x":{"a":{"b":[]}},"y":{"z":{"c":1}}}""")]
    [TestCase("a {\"x\": 1}", """a {"x":1}""")]
    [TestCase("a {'x': {'y': True}}", """a {"x":{"y":true}}""")]
    [TestCase("{\"execute\": \"a\"}", """a {}""")]
    [TestCase("{'execute': 'a', 'arguments': {'x': 1}}", """a {"x":1}""")]
    [TestCase("a x=json:{\"driver\":\"file\"}", """a {"x":"json:{\"driver\":\"file\"}"}""")]
    public void Commands(string text, string expected)
    {
        ParsedCommand command = CommandParser.Parse(text);
        string arguments = ArgumentBinder.Guess(command.Arguments).ToString(Formatting.None);
        Assert.That($"{command.Name} {arguments}", Is.EqualTo(expected));
    }

    [TestCase("a x", "column 3: KEY=VALUE is expected, not 'x'")]
    [TestCase("a =5", "column 3: '' is no name of an argument")]
    [TestCase("a x..y=5", "column 3: 'x..y' is no name of an argument")]
    [TestCase("a x=1 x=2", "column 7: 'x' is given twice")]
    [TestCase("a x=1 x.y=2", "column 7: 'x' has a value and cannot have members, too")]
    [TestCase("a x.y=1 x=2", "column 9: 'x' has members and cannot have a value, too")]
    [TestCase("a x={'y': 1} x.y=2", "column 14: 'x.y' is given twice")]
    [TestCase("x=5", "column 1: a command is expected first")]
    [TestCase("a x=\"b\"c", "column 8: the value has ended here")]
    [TestCase("a x=\"\\q\"", "column 7: no such escape")]
    [TestCase("a {} x=1", "column 6: nothing may follow the object")]
    [TestCase("{} a", "column 4: nothing may follow the object")]
    [TestCase("{}", "column 1: a message needs 'execute' or 'exec-oob'")]
    [TestCase("{'execute': 'a', 'exec-oob': 'a'}", "column 1: a message needs 'execute' or 'exec-oob'")]
    [TestCase("{'execute': 1}", "column 1: the name of the command is to be a string")]
    [TestCase("{'execute': 'a', 'arguments': 1}", "column 1: 'arguments' is to be an object")]
    [TestCase("{'execute': 'a', 'args': {}}", "column 1: a message has no member 'args'")]
    [TestCase("{'execute' 'a'}", "column 12: ':' is expected")]
    [TestCase("{execute: 'a'}", "column 2: a name in quotes is expected")]
    [TestCase("a {'x': 1, 'x': 2}", "column 12: 'x' is given twice")]
    [TestCase("a {'x': y}", "column 9: 'y' is no value: strings need quotes")]
    [TestCase("a {'x': 99999999999999999999}", "column 9: '99999999999999999999' is no value: strings need quotes")]
    public void What_is_no_command(string text, string message)
    {
        ShellSyntaxException failure = Assert.Throws<ShellSyntaxException>(() => CommandParser.Parse(text))!;
        Assert.That(failure.Message, Is.EqualTo(message));
    }

    [Test]
    public void What_looks_like_a_list_and_is_none_may_be_a_string()
    {
        ParsedCommand command = CommandParser.Parse("a host=[::1]:4444 list=[1,");
        Assert.That(((WordNode)command.Arguments.Members["host"]).Text, Is.EqualTo("[::1]:4444"));
        InvalidArgumentException failure = Assert.Throws<InvalidArgumentException>(
            () => ArgumentBinder.Guess(command.Arguments))!;
        Assert.That(failure.Message, Is.EqualTo("column 9: ':' is no value: strings need quotes").Or.Contains("column"));
    }

    [Test]
    public void Whole_messages_keep_their_id_and_their_lane()
    {
        ParsedCommand command = CommandParser.Parse("{'exec-oob': 'a', 'id': [1]}");
        Assert.That(command.OutOfBand);
        Assert.That(command.Id!.ToString(Formatting.None), Is.EqualTo("[1]"));
    }

    [Test]
    public void Watching_is_no_argument()
    {
        ParsedCommand command = CommandParser.Parse("migrate --watch uri=x");
        Assert.That(command.IsWatched);
        Assert.That(command.Arguments.Members.Keys, Is.EqualTo(["uri"]));
    }

    [TestCase("\"a\\nb\\t\\\"\\\\\\u0041\\x42\\/\"", "a\nb\t\"\\AB/")]
    [TestCase("'it\\'s'", "it's")]
    public void Escapes(string literal, string value) =>
        Assert.That((string?)LiteralReader.Read(literal, 0), Is.EqualTo(value));

    [Test]
    public void Depth_is_limited()
    {
        string deep = new string('[', 5000) + new string(']', 5000);
        Assert.That(() => LiteralReader.Read(deep, 0), Throws.TypeOf<ShellSyntaxException>());
    }
}
