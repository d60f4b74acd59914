using System.Diagnostics.CodeAnalysis;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Threading;

namespace Qmp.Client;

/// <summary>The events of one type; otherwise as <see cref="EventSubscription"/>.</summary>
/// <typeparam name="T">The record of their data.</typeparam>
public sealed class EventSubscription<T> : IAsyncEnumerable<QmpEvent<T>>, IDisposable
{
    private readonly EventSubscription _raw;
    private readonly EventDescriptor<T> _descriptor;

    internal EventSubscription(EventSubscription raw, EventDescriptor<T> descriptor)
    {
        _raw = raw;
        _descriptor = descriptor;
    }

    /// <inheritdoc cref="EventSubscription.Lost"/>
    public long Lost => _raw.Lost;

    /// <inheritdoc cref="EventSubscription.TryRead"/>
    public bool TryRead([NotNullWhen(true)] out QmpEvent<T>? value)
    {
        value = _raw.TryRead(out QmpEvent? raw) ? new QmpEvent<T>(raw, _descriptor) : null;
        return value is not null;
    }

    /// <inheritdoc cref="EventSubscription.WaitToReadAsync"/>
    public ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) =>
        _raw.WaitToReadAsync(cancellationToken);

    /// <inheritdoc cref="EventSubscription.ReadAsync"/>
    public async ValueTask<QmpEvent<T>> ReadAsync(CancellationToken cancellationToken = default) =>
        new(await _raw.ReadAsync(cancellationToken).ConfigureAwait(OrderedContext.IsCurrent), _descriptor);

    /// <inheritdoc/>
    public async IAsyncEnumerator<QmpEvent<T>> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await foreach (QmpEvent raw in _raw.WithCancellation(cancellationToken).ConfigureAwait(OrderedContext.IsCurrent))
        {
            yield return new QmpEvent<T>(raw, _descriptor);
        }
    }

    /// <inheritdoc cref="EventSubscription.Dispose"/>
    public void Dispose() => _raw.Dispose();
}
