namespace Qapi.Diff;

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
