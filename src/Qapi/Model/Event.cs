namespace Qapi.Model;

internal sealed class Event(Header header, TypeReference? arguments, bool boxed) : SchemaEntity(header)
{
    /// <summary>The type of the event's data; null if it has none.</summary>
    public ObjectType? Arguments => (ObjectType?)ArgumentsReference?.Target;

    public TypeReference? ArgumentsReference { get; } = arguments;

    /// <summary>The sender hands over the data as one object.</summary>
    public bool Boxed { get; } = boxed;

    public override IEnumerable<SchemaMember> DescribedMembers =>
        Arguments is { IsImplicit: true } inline ? inline.DescribedMembers : [];
}
