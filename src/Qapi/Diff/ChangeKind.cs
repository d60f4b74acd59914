namespace Qapi.Diff;

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
