using Qapi.Diff;
using Qapi.Introspection;

namespace Qapi.Tests;

/// <summary>Which changes are found, and which of them break a client.</summary>
public sealed class DiffTests
{
    private const string Color = "{ 'enum': 'Color', 'data': [ 'red', 'green' ] }\n";

    [TestCase("{ 'command': 'a' }", "", "Breaks command a removed")]
    [TestCase("", "{ 'command': 'a' }", "None command a added")]
    [TestCase("{ 'event': 'A' }", "", "Breaks event A removed")]
    [TestCase("", "{ 'event': 'A' }", "None event A added")]
    [TestCase("{ 'command': 'a' }", "{ 'command': 'a', 'features': [ 'deprecated' ] }", "None command a deprecated")]
    [TestCase("{ 'command': 'a' }", "{ 'command': 'a', 'features': [ 'unstable' ] }",
        "May command a feature 'unstable' added")]
    [TestCase("{ 'command': 'a', 'features': [ 'x', 'deprecated' ] }", "{ 'command': 'a' }",
        "May command a feature 'x' removed", "None command a feature 'deprecated' removed")]
    [TestCase("{ 'command': 'a', 'allow-oob': true }", "{ 'command': 'a' }",
        "Breaks command a may no longer run out of band")]
    [TestCase("{ 'command': 'a' }", "{ 'command': 'a', 'allow-oob': true }",
        "None command a may now run out of band")]
    public void Commands_and_events(string before, string after, params string[] changes) =>
        Check(before, after, changes);

    [TestCase("'a': 'int'", "", "Breaks argument 'a' removed")]
    [TestCase("'*a': 'int'", "", "Breaks argument 'a' removed")]
    [TestCase("", "'*a': 'int'", "None argument 'a' added, optional, int")]
    [TestCase("", "'a': [ 'str' ]", "Breaks argument 'a' added, mandatory, list of str")]
    [TestCase("'a': 'int'", "'*a': 'int'", "None argument 'a' is now optional")]
    [TestCase("'*a': 'int'", "'a': 'int'", "Breaks argument 'a' is now mandatory")]
    [TestCase("'a': 'int'", "'a': 'number'", "None argument 'a' changed from int to number")]
    [TestCase("'a': 'number'", "'a': 'int'", "Breaks argument 'a' changed from number to int")]
    [TestCase("'a': 'uint8'", "'a': 'size'")]
    [TestCase("'a': 'Color'", "'a': 'str'", "None argument 'a' changed from enum to str")]
    [TestCase("'a': 'str'", "'a': 'Color'", "Breaks argument 'a' changed from str to enum")]
    [TestCase("'a': 'str'", "'a': 'any'", "None argument 'a' changed from str to any")]
    [TestCase("'a': 'str'", "'a': [ 'str' ]", "Breaks argument 'a' changed from str to list of str")]
    [TestCase("'a': 'str'", "'a': { 'type': 'str', 'features': [ 'deprecated' ] }",
        "None argument 'a' deprecated")]
    public void Arguments(string before, string after, params string[] changes) => Check(
        $"{Color}{{ 'command': 'c', 'data': {{ {before} }} }}",
        $"{Color}{{ 'command': 'c', 'data': {{ {after} }} }}",
        changes);

    [TestCase("'a': 'int'", "", "Breaks result 'a' removed")]
    [TestCase("'*a': 'int'", "", "May result 'a' removed")]
    [TestCase("", "'a': 'int'", "None result 'a' added, mandatory, int")]
    [TestCase("'a': 'int'", "'*a': 'int'", "Breaks result 'a' is now optional")]
    [TestCase("'*a': 'int'", "'a': 'int'", "None result 'a' is now mandatory")]
    [TestCase("'a': 'int'", "'a': 'number'", "Breaks result 'a' changed from int to number")]
    [TestCase("'a': 'number'", "'a': 'int'", "None result 'a' changed from number to int")]
    [TestCase("'a': 'Color'", "'a': 'str'", "May result 'a' changed from enum to str")]
    [TestCase("'a': 'str'", "'a': 'Color'", "None result 'a' changed from str to enum")]
    public void Results(string before, string after, params string[] changes) => Check(
        $"{Color}{{ 'struct': 'Res', 'data': {{ {before} }} }}\n{{ 'command': 'c', 'returns': 'Res' }}",
        $"{Color}{{ 'struct': 'Sul', 'data': {{ {after} }} }}\n{{ 'command': 'c', 'returns': 'Sul' }}",
        changes);

    [TestCase("'data': { 'a': [ 'Color' ] }", "Breaks argument 'a[]' value 'green' removed",
        "None argument 'a[]' value 'blue' added", "None argument 'a[]', value 'red' deprecated")]
    [TestCase("'returns': 'Pot'", "None result 'color' value 'green' removed",
        "May result 'color' value 'blue' added", "None result 'color', value 'red' deprecated")]
    public void Values_count_by_the_way_they_go(string call, params string[] changes)
    {
        const string Now = "{ 'enum': 'Paint', 'data': [ { 'name': 'red', 'features': [ 'deprecated' ] }, 'blue' ] }\n";
        const string Pot = "{ 'struct': 'Pot', 'data': { 'color': 'Color' } }\n";
        Check($"{Color}{Pot}{{ 'command': 'c', {call} }}",
            (Now + Pot + $"{{ 'command': 'c', {call} }}").Replace("'Color'", "'Paint'"), changes, ordered: false);
    }

    [Test]
    public void Data_of_events_go_out() => Check(
        "{ 'event': 'EVT', 'data': { 'a': 'int', 'b': 'int' } }",
        "{ 'event': 'EVT', 'data': { 'a': 'int', 'c': 'int' } }",
        ["Breaks data 'b' removed", "None data 'c' added, mandatory, int"]);

    [Test]
    public void Members_are_compared_as_deep_as_they_go() => Check(
        """
        { 'struct': 'In', 'data': { 'deep': [ 'Deeper' ] } }
        { 'struct': 'Deeper', 'data': { 'x': 'int' } }
        { 'command': 'c', 'data': { 'in': 'In' } }
        """,
        """
        { 'struct': 'Renamed', 'data': { 'deep': [ 'AlsoRenamed' ] } }
        { 'struct': 'AlsoRenamed', 'data': { 'x': 'str' } }
        { 'command': 'c', 'data': 'Argument' }
        { 'struct': 'Argument', 'data': { 'in': 'Renamed' } }
        """,
        ["Breaks argument 'in.deep[].x' changed from int to str"]);

    [Test]
    public void Types_that_contain_themselves_come_to_an_end() => Check(
        "{ 'struct': 'Node', 'data': { '*next': 'Node', 'x': 'int' } }\n{ 'command': 'c', 'data': 'Node' }",
        "{ 'struct': 'Node', 'data': { '*next': 'Node' } }\n{ 'command': 'c', 'data': 'Node' }",
        ["Breaks argument 'x' removed"]);

    [Test]
    public void Branches_are_compared_one_by_one() => Check(
        Union("'one', 'two', 'three'", "{ 'a': 'int' }"),
        Union("'one', 'two', 'four'", "{ '*a': 'int', 'b': 'int' }"),
        [
            "Breaks argument 'kind' value 'three' removed", "None argument 'kind' value 'four' added",
            "None argument '<one>.a' is now optional", "Breaks argument '<one>.b' added, mandatory, int",
        ]);

    [Test]
    public void Members_may_move_into_branches() => Check(
        "{ 'enum': 'Kind', 'data': [ 'one', 'two' ] }\n"
        + "{ 'command': 'c', 'data': { 'kind': 'Kind', '*a': 'int', '*b': 'int' } }",
        Union("'one', 'two'", "{ '*a': 'int' }"),
        ["Breaks argument 'b' removed", "Breaks argument '<two>.a' removed"]);

    [Test]
    public void Branches_may_be_unions() => Check(Nested("'x': 'int'"), Nested("'x': 'str', '*y': 'int'"),
        [
            "Breaks argument '<one><in>.x' changed from int to str",
            "None argument '<one><in>.y' added, optional, int",
        ]);

    [Test]
    public void Another_member_may_tell_the_branch() => Check(
        "{ 'union': 'Uni', 'base': { 'k': 'Color', 'l': 'Color' }, 'discriminator': 'k', 'data': {} }\n" + Color
        + "{ 'command': 'c', 'data': 'Uni', 'boxed': true }",
        "{ 'union': 'Uni', 'base': { 'k': 'Color', 'l': 'Color' }, 'discriminator': 'l', 'data': {} }\n" + Color
        + "{ 'command': 'c', 'data': 'Uni', 'boxed': true }",
        ["Breaks argument its branch is told by 'l' instead of 'k'"]);

    [TestCase("'str'", "'Either'", "None argument 'a' may now be null", "None argument 'a' may now be a list of int")]
    [TestCase("'Either'", "'str'", "Breaks argument 'a' may no longer be null",
        "Breaks argument 'a' may no longer be a list of int")]
    [TestCase("'bool'", "'Either'", "Breaks argument 'a' may no longer be a bool",
        "None argument 'a' may now be a str", "None argument 'a' may now be null",
        "None argument 'a' may now be a list of int")]
    [TestCase("'Color'", "'Either'", "None argument 'a' changed from enum to str",
        "None argument 'a' may now be null", "None argument 'a' may now be a list of int")]
    public void Alternates_are_compared_form_by_form(string before, string after, params string[] changes)
    {
        const string Either = "{ 'alternate': 'Either', 'data': { 's': 'str', 'n': 'null', 'l': [ 'int' ] } }\n" + Color;
        Check($"{Either}{{ 'command': 'c', 'data': {{ 'a': {before} }} }}",
            $"{Either}{{ 'command': 'c', 'data': {{ 'a': {after} }} }}", changes);
    }

    [Test]
    public void Equal_schemas_do_not_differ()
    {
        var list = Introspector.List(Load.Schema(Nested("'x': 'int'")), new HashSet<string>());
        Assert.That(SchemaDiff.Compare(list, list), Is.Empty);
    }

    private static string Union(string values, string branch) =>
        $$"""
        { 'enum': 'Kind', 'data': [ {{values}} ] }
        { 'struct': 'One', 'data': {{branch}} }
        { 'union': 'Uni', 'base': { 'kind': 'Kind' }, 'discriminator': 'kind', 'data': { 'one': 'One' } }
        { 'command': 'c', 'data': 'Uni', 'boxed': true }
        """;

    private static string Nested(string members) =>
        $$"""
        { 'enum': 'Kind', 'data': [ 'one', 'two' ] }
        { 'enum': 'Inner', 'data': [ 'in', 'out' ] }
        { 'struct': 'Deep', 'data': { {{members}} } }
        { 'union': 'Vee', 'base': { 'inner': 'Inner' }, 'discriminator': 'inner', 'data': { 'in': 'Deep' } }
        { 'union': 'Uni', 'base': { 'kind': 'Kind' }, 'discriminator': 'kind', 'data': { 'one': 'Vee' } }
        { 'command': 'c', 'data': 'Uni', 'boxed': true }
        """;

    private static void Check(string before, string after, string[] changes, bool ordered = true)
    {
        var found = SchemaDiff.Compare(Introspect(before), Introspect(after)).Select(change =>
            $"{change.Impact} {(change.Path.Length == 0 ? $"{change.MetaType} {change.Name}" : change.Path)} {change.Text}");
        Assert.That(found, ordered ? Is.EqualTo(changes) : Is.EquivalentTo(changes));
    }

    private static IReadOnlyList<SchemaInfo> Introspect(string text) =>
        Introspector.List(Load.Schema(text), new HashSet<string>());
}
