using Qapi.Model;
using Qapi.Syntax;

namespace Qapi.Checks;

/// <summary>
/// The later phases: resolves names and checks meaning entity by entity, matches documentation, and counts features.
/// </summary>
internal sealed class SchemaChecker
{
    private const int MaxFeatures = 64;

    private readonly DefinitionTable _table;
    private readonly TypeResolver _types;
    private readonly ObjectTypeChecker _objects;
    private readonly CallChecker _calls;
    private readonly DocMatcher _docs;

    public SchemaChecker(DefinitionTable table, Pragmas pragmas)
    {
        _table = table;
        _types = new TypeResolver(table);
        _objects = new ObjectTypeChecker(_types, table.EmptyObject);
        _calls = new CallChecker(_types, _objects, pragmas);
        _docs = new DocMatcher(pragmas);
    }

    public void Check()
    {
        foreach (var entity in _table.Entities)
        {
            CheckEntity(entity);
            _docs.Match(entity);
        }
        foreach (var entity in _table.Entities)
            DocMatcher.RejectLeftovers(entity);
        CountFeatures();
    }

    private void CheckEntity(SchemaEntity entity)
    {
        switch (entity)
        {
            case ArrayType array:
                _types.ResolveElement(array);
                break;
            case EnumType enumeration:
                CommonChecks.Features(enumeration);
                new MemberClashes(enumeration.Origin).AddAll(enumeration.Values);
                break;
            case ObjectType type:
                _objects.Check(type);
                break;
            case AlternateType alternate:
                new AlternateChecker(_types, alternate).Check();
                break;
            case Command command:
                _calls.Check(command);
                break;
            case Event @event:
                _calls.Check(@event);
                break;
        }
    }

    private void CountFeatures()
    {
        var names = new HashSet<string> { Feature.Deprecated, Feature.Unstable };
        foreach (var entity in _table.Entities)
        {
            foreach (var feature in CommonChecks.AllFeatures(entity))
            {
                if (names.Add(feature.Name) && names.Count > MaxFeatures)
                    throw entity.Origin!.Error($"Maximum of {MaxFeatures} schema features is permitted");
            }
        }
    }
}
