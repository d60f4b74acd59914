using Qmp.Protocol.Transport;

namespace Qmp.Emulator.Chardevs;

/// <summary>Where nobody ever comes from: the devices <c>null</c> and <c>file</c>.</summary>
internal sealed class NoConnections(string name) : IConnectionSource
{
    private readonly TaskCompletionSource<IConnection?> _stopped =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public bool IsBlocking => false;

    /// <inheritdoc/>
    public ValueTask<IConnection?> AcceptAsync() => new(_stopped.Task);

    /// <inheritdoc/>
    public void Stop() => _stopped.TrySetResult(null);

    /// <inheritdoc/>
    public void Dispose() => Stop();
}
