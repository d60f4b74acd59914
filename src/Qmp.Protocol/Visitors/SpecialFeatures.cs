namespace Qmp.Protocol.Visitors;

/// <summary>The features that drive the compat policy (QEMU's <c>CompatPolicy</c>).</summary>
[Flags]
public enum SpecialFeatures
{
    /// <summary>Neither.</summary>
    None = 0,

    /// <summary>Feature <c>deprecated</c>.</summary>
    Deprecated = 1,

    /// <summary>Feature <c>unstable</c>.</summary>
    Unstable = 2,
}
