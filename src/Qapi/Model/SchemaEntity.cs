namespace Qapi.Model;

/// <summary>A type, command or event.</summary>
internal abstract class SchemaEntity(Header header) : ModuleItem
{
    public string Name => header.Name;

    /// <summary>The written definition it comes from; null if predefined.</summary>
    public Origin? Origin => header.Origin;

    public override SourceLocation? Location => header.Origin?.Location;

    /// <summary>When the entity is there; an array's is its element's.</summary>
    public virtual Condition Condition => header.Condition;

    public IReadOnlyList<Feature> Features => header.Features;

    /// <summary>The comment before the definition; null if there is none.</summary>
    public DocComment? Documentation => header.Documentation;

    /// <summary>Made for a definition, not written by itself: arrays, inline arguments and bases.</summary>
    public bool IsImplicit => header.IsImplicit;

    /// <summary>The members that the entity's own comment describes, in order.</summary>
    public virtual IEnumerable<SchemaMember> DescribedMembers => [];

    /// <summary>Types mentioned by the declaration, in the order in which arrays come into being.</summary>
    public virtual IEnumerable<TypeReference> References => [];

    public bool HasFeature(string name) => Features.Any(feature => feature.Name == name);

    public override string ToString() => Name;
}
