namespace Qapi.Diff;

/// <summary>One difference between two schemas.</summary>
/// <param name="MetaType"><c>command</c> or <c>event</c>.</param>
/// <param name="Name">The command or event it is about.</param>
/// <param name="Path">
/// The value in it, such as <c>argument 'channels[].addr.host'</c>; empty for the command or event itself. A branch
/// stands in angle brackets: <c>addr&lt;inet&gt;.host</c>.
/// </param>
/// <param name="Kind">What has changed.</param>
/// <param name="Impact">What that does to clients.</param>
/// <param name="Text">The change in words; they follow the path in the same sentence.</param>
internal sealed record SchemaChange(
    string MetaType, string Name, string Path, ChangeKind Kind, ChangeImpact Impact, string Text);

/// <summary>What has changed.</summary>
internal enum ChangeKind
{
    /// <summary>A command, event, member, value or form of a value is new.</summary>
    Added,

    /// <summary>A command, event, member, value or form of a value is gone.</summary>
    Removed,

    /// <summary>Something got the feature <c>deprecated</c>.</summary>
    Deprecated,

    /// <summary>Something got another feature.</summary>
    FeatureAdded,

    /// <summary>Something lost a feature.</summary>
    FeatureRemoved,

    /// <summary>A value is of another type.</summary>
    TypeChanged,

    /// <summary>A member became optional, or mandatory.</summary>
    OptionalityChanged,

    /// <summary>Another member tells the branch of a union.</summary>
    DiscriminatorChanged,

    /// <summary>A command may run out of band, or may no longer.</summary>
    OutOfBandChanged,
}

/// <summary>What a change does to a client that was written for the old schema.</summary>
internal enum ChangeImpact
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It may meet what it does not know, or lose what it could not count on.</summary>
    May,

    /// <summary>What it sent may be refused, or what it counts on is gone.</summary>
    Breaks,
}
