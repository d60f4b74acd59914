namespace Qapi.Model;

/// <summary>A list of values of one type, itself no array.</summary>
internal sealed class ArrayType(Header header, TypeReference element) : SchemaType(header)
{
    public override WireKind Kind => WireKind.Array;

    public SchemaType ElementType => Element.Target;

    public TypeReference Element { get; } = element;

    public override Condition Condition => ElementType.Condition;

    public override string Description => $"array type ['{Element.Name}']";

    public static string NameFor(string elementName) => elementName + "List";
}
