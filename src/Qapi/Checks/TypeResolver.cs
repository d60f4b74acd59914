using Qapi.Model;

namespace Qapi.Checks;

/// <summary>Binds the uses of types to the types.</summary>
internal sealed class TypeResolver(DefinitionTable table)
{
    /// <summary>Binds a reference; <paramref name="user"/> is what the message calls the place of use.</summary>
    public SchemaType Resolve(TypeReference reference, Origin origin, string user)
    {
        var type = table.FindType(reference.TypeName)
            ?? throw origin.Error($"{user} uses unknown type '{reference.TypeName}'");
        reference.Bind(type);
        return type;
    }

    /// <summary>Binds the type of a member or branch.</summary>
    public SchemaType Resolve(TypeReference reference, Origin origin, SchemaMember member) =>
        table.FindType(reference.TypeName) is null
            ? Resolve(reference, origin, Describe.Member(member, origin))
            : Resolve(reference, origin, "");

    /// <summary>Binds the element type of an array, which may be of any kind but an array.</summary>
    public SchemaType ResolveElement(ArrayType array)
    {
        var element = table.FindType(array.Element.Name);
        if (array.Origin is not null)
        {
            if (element is null)
                throw array.Origin.Error($"{array.Origin.Meta} uses unknown type '{array.Element.Name}'");
            if (element is ArrayType)
                throw array.Origin.Error($"{array.Origin.Meta} uses an array of {element.Description}");
        }
        array.Element.Bind(element!);
        return element!;
    }
}
