namespace Qmp.Conversations.Targets;

/// <summary>An emulator that was started. Disposing ends it and waits for that.</summary>
public interface ITargetVm : IAsyncDisposable
{
    /// <summary>Ends with the exit status; below 0, the signal that ended the emulator.</summary>
    Task<int> Exit { get; }

    /// <summary>What it has printed on standard error by now.</summary>
    string StandardError { get; }

    /// <summary>Connects to the monitor on a Unix socket.</summary>
    /// <returns><see langword="null"/> if no server listens there, or not yet.</returns>
    ValueTask<ITargetConnection?> ConnectAsync(string path);

    /// <summary>Ends it as SIGKILL does.</summary>
    void Kill();

    /// <summary>Asks it to end as SIGTERM does.</summary>
    void Terminate();
}
