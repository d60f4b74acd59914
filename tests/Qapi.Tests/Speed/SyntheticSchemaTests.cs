using Qapi.Emit;
using Qapi.Introspection;
using Qapi.Tests.Generators;

namespace Qapi.Tests.Speed;

/// <summary>A large schema is right, and so is what is made of it.</summary>
[Category("Slow")]
public sealed class SyntheticSchemaTests
{
    private const int Definitions = 1000;

    private static readonly Lazy<QapiSchema> Schema =
        new(() => Load.Schema(SyntheticSchema.Text(Definitions)));

    [Test]
    public void It_has_as_many_definitions_as_asked_for() => Assert.That(
        Schema.Value.Entities.Count(entity => entity is { Origin: not null } and not Model.ArrayType
            && entity.Name == entity.Origin.Name),
        Is.EqualTo(Definitions));

    [Test]
    public void Introspection_lists_all_of_it()
    {
        var list = Introspector.List(Schema.Value, new HashSet<string>(), unmask: true);
        Assert.That(list.Select(info => info.Name), Is.SupersetOf(Schema.Value.Entities
            .Where(entity => entity is { Origin: not null } and not Model.ArrayType
                && !entity.Name.EndsWith("-base", StringComparison.Ordinal))
            .Select(entity => entity.Name)));
    }

    [Test]
    public void Its_code_compiles()
    {
        var options = new EmitOptions(EmitParts.Types | EmitParts.Api, "Sample.Types", "Sample.Api",
            new HashSet<string>(), []);
        Assert.That(Project.Errors(SchemaEmitter.Emit(Schema.Value, options).Select(file => file.Text)), Is.Empty);
    }
}
