namespace Qmp.Interop.Proxy;

/// <summary>The one place at which a proxy stops, until it is released.</summary>
/// <param name="stop">Where that is; <see langword="null"/> for nowhere.</param>
internal sealed class StreamGate(StreamStop? stop)
{
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Where to stop; <see langword="null"/> from the release on.</summary>
    public StreamStop? Stop => _released.Task.IsCompleted ? null : stop;

    /// <summary>Ends when something has stopped.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>Stops there.</summary>
    public Task StopAsync()
    {
        _stopped.TrySetResult();
        return _released.Task;
    }

    /// <summary>Goes on, to the end.</summary>
    public void Release() => _released.TrySetResult();
}
