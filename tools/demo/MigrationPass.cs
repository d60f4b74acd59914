namespace Demo;

/// <summary>One pass over the dirty pages.</summary>
/// <param name="Number">From 1: as many dirty syncs as there were.</param>
/// <param name="Bytes">What was to be sent when it was first looked at.</param>
/// <param name="Remaining">What is left of that.</param>
internal sealed record MigrationPass(long Number, long Bytes, long Remaining)
{
    public long Sent => Bytes - Remaining;
}
