using Qmp.Protocol.Threading;
using Qmp.Protocol.Transport;

namespace Qmp.Emulator.Chardevs;

/// <summary>
/// The peers of a device whose front end gives way to another one: first the peer that it has, or waits for, then those
/// that come.
/// </summary>
internal sealed class HandedConnections(IConnectionSource inner) : IConnectionSource
{
    private readonly TaskCompletionSource<IConnection?> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _hasFirst;

    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public bool IsBlocking => inner.IsBlocking;

    /// <summary>Hands the first peer over; <see langword="null"/> if none will come.</summary>
    public void Hand(IConnection? peer) => _first.SetResult(peer);

    /// <inheritdoc/>
    public async ValueTask<IConnection?> AcceptAsync()
    {
        if (_hasFirst) return await inner.AcceptAsync().ConfigureAwait(OrderedContext.IsCurrent);
        _hasFirst = true;
        // A blocking source is used on one thread, which waits here.
        return inner.IsBlocking ? _first.Task.GetAwaiter().GetResult() : await _first.Task.ConfigureAwait(OrderedContext.IsCurrent);
    }

    /// <inheritdoc/>
    public void Stop() => inner.Stop();

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();
}
