using Qmp.Client.Migration;
using Qmp.Shell.Output;
using Qmp.Types;

namespace Qmp.Shell.Watch;

/// <summary>What is shown at one moment.</summary>
/// <param name="Progress">How far it is.</param>
/// <param name="PassBytes">What the pass under way had to send when it began, in bytes.</param>
/// <param name="Gate">What the switchover waits for.</param>
/// <param name="Note">What has come of the last key; empty if nothing has to be said of it.</param>
internal sealed record WatchFrame(MigrationProgress Progress, long PassBytes, string Gate, string Note = "")
{
    /// <summary>The status by its name in the protocol.</summary>
    public string StatusName => Progress.Status == MigrationStatus.Unrecognized ? "unknown" : Progress.Status.ToWireName();

    /// <summary>Whether the guest has left the source before its memory.</summary>
    public bool IsPostcopy => Postcopy.Includes(Progress.Status);

    /// <summary>Pages that the guest had to wait for; <see langword="null"/> where there was no postcopy.</summary>
    public long? PageRequests => IsPostcopy || Progress.Info.Ram is { PostcopyBytes: > 0 } ? Progress.Info.Ram?.PostcopyRequests : null;

    /// <summary>Why the connection was lost; empty if it was not, or if nobody knows.</summary>
    public string Loss => Progress.Status == MigrationStatus.PostcopyPaused ? ForeignText.OneLine(Progress.Info.ErrorDesc ?? "") : "";

    /// <summary>What somebody has to do so that it goes on; empty if nothing.</summary>
    public string Next => Progress.Status == MigrationStatus.PostcopyPaused ? Postcopy.Recovery : "";

    /// <summary>Whether there is nothing more to come.</summary>
    public bool IsOver => Progress.Status is MigrationStatus.Completed or MigrationStatus.Failed
        or MigrationStatus.Cancelled;

    /// <summary>The part of the pass that has been sent, from 0 to 1.</summary>
    public double PassDone =>
        PassBytes <= 0 ? 0 : Math.Clamp(1 - ((double)Progress.RemainingBytes / PassBytes), 0, 1);
}
