namespace Qmp.Protocol.Visitors;

/// <summary>
/// What decides whether a thing of the schema may be used: the features that drive the compat policy (QEMU's
/// <c>CompatPolicy</c>), and in which variants of the schema it is.
/// </summary>
/// <remarks>
/// There are sixteen bits of a kind, one for each <see cref="SchemaVariant"/>. What depends on no switch has all bits of
/// a kind, or none.
/// </remarks>
[Flags]
public enum SpecialFeatures : ulong
{
    /// <summary>None of them, in all variants.</summary>
    None = 0,

    /// <summary>Feature <c>deprecated</c>.</summary>
    Deprecated = 0xffff,

    /// <summary>Feature <c>unstable</c>.</summary>
    Unstable = 0xffff_0000,

    /// <summary>Its condition does not hold.</summary>
    Absent = 0xffff_0000_0000,
}
