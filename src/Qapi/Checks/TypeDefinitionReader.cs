using Qapi.Model;
using Qapi.Syntax;

namespace Qapi.Checks;

/// <summary>Reads the definition of a type.</summary>
internal sealed class TypeDefinitionReader(Pragmas pragmas, ObjectNode node, Origin origin, DocComment? doc)
{
    private readonly MemberReader _members = new(pragmas, origin);

    public IEnumerable<SchemaEntity> Enum()
    {
        KeyRules.Check(node, new Subject("enum"), origin, ["enum", "data"], ["if", "features", "prefix"]);
        if (node.Find("data") is not ListNode data)
            throw origin.Error("'data' must be an array");
        var prefix = node.Find("prefix");
        if (prefix is not (null or StringNode))
            throw origin.Error("'prefix' must be a string");
        var values = _members.EnumValues(data);
        return [new EnumType(ReadHeader(), values, (prefix as StringNode)?.Value)];
    }

    public IEnumerable<SchemaEntity> Struct()
    {
        KeyRules.Check(node, new Subject("struct"), origin, ["struct", "data"], ["base", "if", "features"]);
        if (node.Find("data") is not ObjectNode data)
            throw origin.Error("'data' should be an object or type name");
        var members = _members.Members(data, "data", origin.Name);
        var written = node.Find("base");
        var baseName = written is null
            ? null
            : TypeNameReader.OrNone(TypeNameReader.Name(written, new Subject("'base'"), origin));
        return [new ObjectType(ReadHeader(), baseName, members)];
    }

    public IEnumerable<SchemaEntity> Union()
    {
        KeyRules.Check(node, new Subject("union"), origin, ["union", "base", "discriminator", "data"],
            ["if", "features"]);
        var implicitBase = ObjectType.NameForBase(origin.Name);
        IReadOnlyList<ObjectMember>? inline = null;
        TypeReference? baseName = null;
        var written = node.Find("base");
        if (written is ObjectNode members)
            inline = _members.Members(members, "base", implicitBase);
        else if (written is StringNode { Value: var name })
            baseName = TypeNameReader.OrNone(new TypeReference(name));
        else
            throw origin.Error("'base' should be an object or type name");
        if (node.Find("discriminator") is not StringNode { Value: var discriminator })
            throw origin.Error("'discriminator' requires a string name");
        if (node.Find("data") is not ObjectNode data)
            throw origin.Error("'data' must be an object");
        var branches = _members.UnionBranches(data);
        var header = ReadHeader();
        if (inline is not { Count: > 0 })
            return [new ObjectType(header, baseName, discriminator, branches)];
        var baseHeader = Header.Implicit(implicitBase, origin, header.Condition);
        return
        [
            new ObjectType(baseHeader, null, inline),
            new ObjectType(header, new TypeReference(implicitBase), discriminator, branches),
        ];
    }

    public IEnumerable<SchemaEntity> Alternate()
    {
        KeyRules.Check(node, new Subject("alternate"), origin, ["alternate", "data"], ["if", "features"]);
        var data = node.Find("data")!;
        if (!data.HasContent)
            throw origin.Error("'data' must not be empty");
        if (data is not ObjectNode branches)
            throw origin.Error("'data' must be an object");
        var read = _members.AlternateBranches(branches);
        return [new AlternateType(ReadHeader(), read)];
    }

    /// <summary>To be read after what is particular to the kind.</summary>
    private Header ReadHeader()
    {
        var condition = ConditionReader.Read(node, new Subject(origin.Meta), origin);
        var features = FeatureReader.Read(node, origin.Name, origin);
        return new Header(origin.Name, origin, condition, features, doc);
    }
}
