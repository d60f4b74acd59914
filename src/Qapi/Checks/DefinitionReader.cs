using Qapi.Model;
using Qapi.Syntax;

namespace Qapi.Checks;

/// <summary>
/// The second phase: each expression becomes a definition, or is wrong in itself. Names of types are not looked up
/// yet.
/// </summary>
internal sealed class DefinitionReader(Pragmas pragmas)
{
    private static readonly string[] Metas = ["enum", "struct", "union", "alternate", "command", "event"];

    /// <summary>The definitions in order, each behind the implicit types it needs.</summary>
    public IReadOnlyList<SchemaEntity> Read(SchemaSource source)
    {
        var entities = new List<SchemaEntity>();
        foreach (var item in source.Items)
        {
            if (item is DefinitionItem definition)
                entities.AddRange(Read(definition));
        }
        return entities;
    }

    private IEnumerable<SchemaEntity> Read(DefinitionItem item)
    {
        var node = item.Expression;
        var metas = Metas.Where(node.Has).ToList();
        if (metas.Count != 1)
            throw item.Location.Error("expression must have exactly one key " +
                string.Join(", ", Metas.Select(key => $"'{key}'")));
        var meta = metas[0];
        if (node.Find(meta) is not StringNode { Value: var name })
            throw item.Location.Error($"'{meta}' requires a string name");
        var origin = new Origin(item.Location, meta, name);
        CheckName(origin);
        CheckDocumentation(item.Documentation, node, origin);
        var types = new TypeDefinitionReader(pragmas, node, origin, item.Documentation);
        var calls = new CallDefinitionReader(pragmas, node, origin, item.Documentation);
        return meta switch
        {
            "enum" => types.Enum(),
            "struct" => types.Struct(),
            "union" => types.Union(),
            "alternate" => types.Alternate(),
            "command" => calls.Command(),
            _ => calls.Event(),
        };
    }

    private void CheckName(Origin origin)
    {
        switch (origin.Meta)
        {
            case "command":
                NameRules.CheckLower(origin.Name, new Subject(origin.Meta), origin,
                    permitUnderscore: pragmas.CommandNameExceptions.Contains(origin.Name));
                break;
            case "event":
                NameRules.CheckEvent(origin.Name, origin);
                break;
            default:
                NameRules.CheckType(origin.Name, origin);
                break;
        }
    }

    private void CheckDocumentation(DocComment? doc, ObjectNode node, Origin origin)
    {
        if (doc is null)
        {
            if (pragmas.DocRequired)
                throw origin.Error("documentation comment required");
            return;
        }
        if (doc.Symbol != origin.Name)
            throw origin.Error($"documentation comment is for '{doc.Symbol}'");
        if (doc.Returns is not null)
        {
            if (origin.Meta != "command")
                throw doc.Returns.Location.Error("'Returns' section is only valid for commands");
            if (!node.Has("returns"))
                throw doc.Returns.Location.Error("'Returns' section, but command doesn't return anything");
        }
        if (doc.Errors is not null && origin.Meta != "command")
            throw doc.Errors.Location.Error("'Errors' section is only valid for commands");
    }
}
