using Qapi.Model;

namespace Qapi.Emit;

/// <summary>
/// Finds things that are there under one set of conditions while a type they need is not. The language does not ask for
/// that (QAPI.md section 6); code cannot be written without it.
/// </summary>
internal static class ConditionCheck
{
    /// <summary>The first such thing; null if there is none. Of what depends on switches there is code in any case.</summary>
    public static QapiError? Find(QapiSchema schema, EmitOptions options)
    {
        var variants = new SchemaVariants(options.Conditions, options.Switches);
        foreach (var entity in schema.Entities.Where(entity => entity.Origin is not null && On(entity)))
        {
            var missing = Uses(entity).FirstOrDefault(use => !On(use.Type));
            if (missing.Type is not null)
            {
                return QapiError.In(entity.Origin!,
                    $"{missing.User} uses {missing.Type.Description}, which the conditions leave out");
            }
        }
        return null;

        bool On(SchemaEntity entity) => variants.CanHold(entity.Condition);

        bool IsOn(SchemaMember member) => variants.CanHold(member.Condition);

        IEnumerable<(string User, SchemaType Type)> Uses(SchemaEntity entity) => entity switch
        {
            ObjectType type => type.LocalMembers.Where(IsOn)
                .Select(member => (Called(member), member.Type))
                .Concat(type.Branches.Where(IsOn)
                    .Select(branch => (Called(branch), (SchemaType)branch.Type))),
            AlternateType type => type.Branches.Where(IsOn)
                .Select(branch => (Called(branch), branch.Type)),
            Command command => Call(command.Arguments, "command's 'data'")
                .Concat(Call(command.Returns, "command's 'returns'")),
            Event @event => Call(@event.Arguments, "event's 'data'"),
            _ => [],
        };
    }

    private static string Called(SchemaMember member) => $"{member.Role} '{member.Name}'";

    private static IEnumerable<(string User, SchemaType Type)> Call(SchemaType? type, string user) =>
        type is null ? [] : [(user, type)];
}
