namespace Demo;

/// <summary>What a row of a timeline is about.</summary>
internal enum RowKind
{
    /// <summary>The source.</summary>
    Source,

    /// <summary>The destination.</summary>
    Destination,

    /// <summary>Neither runs the guest.</summary>
    Downtime,

    /// <summary>Bytes on the way.</summary>
    Bytes,

    /// <summary>Something is held back.</summary>
    Gate,

    /// <summary>Words and numbers.</summary>
    Axis,
}
