namespace Qmp.Migration.DirtyRate;

/// <summary>One way to count what was dirtied since it was made.</summary>
internal interface IDirtyCount
{
    /// <summary>Ends the count.</summary>
    /// <param name="milliseconds">How long it took.</param>
    /// <returns>MiB a second; -1 if nothing could be counted.</returns>
    long Finish(long milliseconds);
}
