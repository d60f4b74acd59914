namespace Qmp.Shell.Watch;

/// <summary>Somebody at a keyboard who watches a migration.</summary>
internal interface IWatchKeys
{
    /// <summary>Waits until something is asked for.</summary>
    Task<WatchRequest> NextAsync(CancellationToken cancellationToken);

    /// <summary>Lets a command be typed, and runs it.</summary>
    Task RunCommandAsync();
}

/// <summary>What somebody who watches may ask for.</summary>
internal enum WatchRequest
{
    /// <summary>To watch no longer; the migration goes on.</summary>
    Leave,

    /// <summary>To cancel the migration.</summary>
    Cancel,

    /// <summary>To have the guest go ahead of its memory.</summary>
    StartPostcopy,

    /// <summary>To run a command meanwhile.</summary>
    Command,
}
