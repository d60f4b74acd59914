namespace Qapi.Model;

internal abstract class SchemaType(Header header) : SchemaEntity(header)
{
    /// <summary>What its values look like in JSON.</summary>
    public abstract WireKind Kind { get; }

    /// <summary>Kind and name as messages give them, such as <c>struct type 'Foo'</c>.</summary>
    public abstract string Description { get; }
}
