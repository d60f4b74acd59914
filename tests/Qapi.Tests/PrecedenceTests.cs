namespace Qapi.Tests;

/// <summary>Of several errors, the one that QEMU's front end finds first is reported.</summary>
public sealed class PrecedenceTests
{
    [Test]
    public void Stray_text_behind_a_comment_comes_before_what_the_comment_lacks() =>
        Assert.That(Load.Error("##\n# @stop:\n#\n# Since:\n##\n!"), Is.EqualTo("schema.json:6:1: stray '!'"));

    [Test]
    public void Features_of_a_member_come_before_its_name() =>
        Assert.That(Message("{ 'struct': 'Span', 'data': { 'a': 'int',"
            + " '*a': { 'type': 'int', 'features': [ 'x', 'x' ] } } }"),
            Is.EqualTo("feature 'x' of type 'a' collides with feature 'x' of type 'a'"));

    [Test]
    public void Type_of_a_member_comes_before_its_features() =>
        Assert.That(Message("{ 'struct': 'Span', 'data': { 'a': { 'type': 'Nope', 'features': [ 'x', 'x' ] } } }"),
            Is.EqualTo("member 'a' uses unknown type 'Nope'"));

    [Test]
    public void Syntax_of_a_later_definition_comes_before_types_of_an_earlier_one() =>
        Assert.That(Message("{ 'command': 'stop', 'data': 'Nope' }\n{ 'command': 'Stop' }"),
            Is.EqualTo("name of command must not use uppercase or '_'"));

    [Test]
    public void Base_is_checked_before_the_type_and_located_at_itself() =>
        Assert.That(Load.Error("{ 'struct': 'Line', 'base': 'Span', 'data': { 'a': 'Nope' } }\n"
            + "{ 'struct': 'Span', 'data': { 'b': 'Nil' } }"), Is.EqualTo("""
            schema.json: In struct 'Span':
            schema.json:2: member 'b' uses unknown type 'Nil'
            """));

    [Test]
    public void Missing_documentation_comes_before_superfluous() =>
        Assert.That(Message("##\n# @first:\n#\n# @a: x\n##\n{ 'command': 'first' }\n"
            + "##\n# @second:\n##\n{ 'command': 'second', 'data': { 'b': 'int' } }"),
            Is.EqualTo("member 'b' lacks documentation"));

    [Test]
    public void Missing_keys_come_before_unknown_ones() =>
        Assert.That(Message("{ 'struct': 'Span', 'date': {} }"), Is.EqualTo("struct misses key 'data'"));

    [Test]
    public void Flags_come_after_features() =>
        Assert.That(Message("{ 'command': 'stop', 'gen': true, 'features': {} }"),
            Is.EqualTo("'features' must be an array"));

    private static string? Message(string text) => Load.Result(text).Error?.Message;
}
