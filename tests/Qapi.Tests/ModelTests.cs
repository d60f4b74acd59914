using Qapi.Model;

namespace Qapi.Tests;

/// <summary>What a code generator reads off a checked schema.</summary>
public sealed class ModelTests
{
    private const string Text = """
        ##
        # = Shapes
        ##

        ##
        # @Kind:
        #
        # @round: without corners
        #
        # @flat: without height
        #
        # Features:
        #
        # @soft: bends
        ##
        { 'enum': 'Kind', 'prefix': 'KIND',
          'data': [ 'round',
                    { 'name': 'flat', 'if': { 'any': [ 'FLAT', { 'not': 'ROUND' } ] }, 'features': [ 'soft' ] } ] }

        ##
        # @Circle:
        #
        # @radius: from the middle
        #     to the rim
        #
        # Since: 1.0
        ##
        { 'struct': 'Circle', 'data': { '*radius': 'int' } }

        ##
        # @Shape:
        #
        # @kind: which kind
        ##
        { 'union': 'Shape', 'base': { 'kind': 'Kind' }, 'discriminator': 'kind',
          'data': { 'round': 'Circle' }, 'if': 'SHAPES' }

        ##
        # @draw:
        #
        # Draws them.
        #
        # All of them.
        #
        # @shapes: what to draw
        #
        # Features:
        #
        # @deprecated: do it by hand
        #
        # Returns: the circles
        #
        # Errors:
        #     - if out of ink
        #
        # Since: 2.0
        ##
        { 'command': 'draw', 'data': { 'shapes': [ 'Shape' ] }, 'returns': [ 'Circle' ],
          'features': [ 'deprecated' ], 'gen': false, 'allow-preconfig': true, 'coroutine': true }
        """;

    private readonly QapiSchema _schema = Load.Schema(Text);

    [Test]
    public void Entities_are_in_definition_order_with_implicit_ones_before_their_users() =>
        Assert.That(_schema.Entities.Where(entity => entity.Origin is not null).Select(entity => entity.Name),
            Is.EqualTo((string[])["Kind", "Circle", "q_obj_Shape-base", "Shape", "ShapeList", "q_obj_draw-arg",
                "CircleList", "draw"]));

    [Test]
    public void Union_has_base_discriminator_and_all_branches()
    {
        var shape = (ObjectType)_schema.Find("Shape")!;
        Assert.That(shape.IsUnion);
        Assert.That(shape.Base!.IsImplicit);
        Assert.That(shape.Base.Condition, Is.SameAs(shape.Condition));
        Assert.That(shape.Discriminator, Is.SameAs(shape.Members[0]));
        Assert.That(shape.Branches.Select(branch => (branch.Name, branch.Type.Name, branch.IsImplied)),
            Is.EqualTo(((string, string, bool)[])[("round", "Circle", false), ("flat", "q_empty", true)]));
        var flat = ((EnumType)_schema.Find("Kind")!).Values[1];
        Assert.That(shape.Branches[1].Condition, Is.SameAs(flat.Condition));
    }

    [Test]
    public void Array_has_the_condition_of_its_element()
    {
        var list = (ArrayType)_schema.Find("ShapeList")!;
        Assert.That(list.Condition.Holds(new HashSet<string> { "SHAPES" }));
        Assert.That(list.Condition.Holds(new HashSet<string>()), Is.False);
        Assert.That(list.Module, Is.SameAs(_schema.Find("Shape")!.Module));
    }

    [Test]
    public void Command_has_its_flags_and_types()
    {
        var draw = _schema.Commands.Single();
        Assert.That((draw.Gen, draw.SuccessResponse, draw.Boxed, draw.AllowOob, draw.AllowPreconfig, draw.Coroutine),
            Is.EqualTo((false, true, false, false, true, true)));
        Assert.That(draw.Arguments!.Members.Single().Type.Name, Is.EqualTo("ShapeList"));
        Assert.That(draw.Returns!.Name, Is.EqualTo("CircleList"));
        Assert.That(draw.Features.Single().IsSpecial);
        Assert.That(draw.Location!.ToString(), Is.EqualTo("schema.json:58"));
    }

    [Test]
    public void Documentation_is_reachable_from_what_it_describes()
    {
        var draw = _schema.Commands.Single();
        var doc = draw.Documentation!;
        Assert.That(doc.Body.Text, Is.EqualTo("Draws them.\n\nAll of them."));
        Assert.That(doc.Returns!.Text, Is.EqualTo("the circles"));
        Assert.That(doc.Errors!.Lines, Is.EqualTo((string[])["    - if out of ink"]));
        Assert.That(doc.Since!.Text, Is.EqualTo("2.0"));
        Assert.That(doc.Lines[0], Is.EqualTo("@draw:"));
        Assert.That(draw.Arguments!.Members[0].Documentation!.Text, Is.EqualTo("what to draw"));
        Assert.That(draw.Features[0].Documentation!.Text, Is.EqualTo("do it by hand"));
        var kind = (EnumType)_schema.Find("Kind")!;
        Assert.That(kind.Values[0].Documentation!.Text, Is.EqualTo("without corners"));
        Assert.That(kind.Values[1].Features[0].Documentation!.Text, Is.EqualTo("bends"));
        var shape = (ObjectType)_schema.Find("Shape")!;
        Assert.That(shape.Members[0].Documentation!.Text, Is.EqualTo("which kind"));
        var radius = ((ObjectType)_schema.Find("Circle")!).Members[0];
        Assert.That(radius.Documentation!.Lines, Is.EqualTo((string[])["from the middle", "    to the rim"]));
        Assert.That(_schema.Documentation[0].Symbol, Is.Null);
        Assert.That(_schema.Documentation[0].Body.Text, Is.EqualTo("= Shapes"));
    }

    [TestCase("FLAT", true)]
    [TestCase("ROUND", false)]
    [TestCase("FLAT ROUND", true)]
    [TestCase("", true)]
    public void Condition_is_evaluated(string defined, bool holds)
    {
        var flat = ((EnumType)_schema.Find("Kind")!).Values[1];
        Assert.That(flat.Condition.Holds(defined.Split(' ').ToHashSet()), Is.EqualTo(holds));
    }

    [Test]
    public void Without_a_condition_everything_is_there()
    {
        var draw = _schema.Commands.Single();
        Assert.That(draw.Condition.IsPresent, Is.False);
        Assert.That(draw.Condition.Holds(new HashSet<string>()));
    }

    [Test]
    public void Member_knows_its_line()
    {
        var kind = (EnumType)_schema.Find("Kind")!;
        Assert.That(kind.Values[1].Location!.Line, Is.EqualTo(kind.Location!.Line + 2));
    }

    [Test]
    public void Inherited_members_come_first()
    {
        var schema = Load.Schema("""
            { 'struct': 'Cx', 'base': 'Bx', 'data': { 'c': 'int' } }
            { 'struct': 'Bx', 'base': 'Ax', 'data': { 'b': 'int' } }
            { 'struct': 'Ax', 'data': { 'a': 'int' } }
            """);
        var last = (ObjectType)schema.Find("Cx")!;
        Assert.That(last.Members.Select(member => member.Name), Is.EqualTo((string[])["a", "b", "c"]));
        Assert.That(last.LocalMembers.Single().Name, Is.EqualTo("c"));
    }
}
