using Newtonsoft.Json.Linq;
using Qmp.Client.Events;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Threading;

namespace Qmp.Client;

/// <content>Receiving replies and events.</content>
public sealed partial class QmpConnection
{
    /// <summary>Subscribes to events from now on.</summary>
    /// <param name="filter">
    /// Which ones; all by default. It runs on the reading thread: quick, and without waiting.
    /// </param>
    /// <param name="capacity">How many may be unread; <see cref="QmpClientOptions.EventCapacity"/> by default.</param>
    public EventSubscription Subscribe(Func<QmpEvent, bool>? filter = null, int? capacity = null) =>
        new(_hub, filter, capacity ?? Options.EventCapacity, Options.Logger);

    /// <summary>Subscribes to the events of one type from now on.</summary>
    /// <inheritdoc cref="Subscribe(Func{QmpEvent, bool}?, int?)"/>
    public EventSubscription<T> Subscribe<T>(EventDescriptor<T> descriptor, int? capacity = null) =>
        new(Subscribe(e => e.Is(descriptor), capacity), descriptor);

    /// <summary>Waits for an event that comes from now on: the wait has begun when this returns.</summary>
    /// <param name="filter">Which one. It runs on the reading thread: quick, and without waiting.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="QmpTimeoutException">The event did not come within the timeout.</exception>
    /// <exception cref="QmpDisconnectedException">The connection ended before the event came.</exception>
    public Task<QmpEvent> WhenEventAsync(
        Func<QmpEvent, bool> filter, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return EventWait.RunAsync(_hub, filter, Options.Time, timeout, cancellationToken);
    }

    /// <summary>Sends a command and waits for an event, which may come before the reply or after it.</summary>
    /// <param name="command">The wire name.</param>
    /// <param name="arguments">The arguments, or <see langword="null"/>.</param>
    /// <param name="until">Which event; it counts from before the command is sent.</param>
    /// <param name="timeout">How long to wait for reply and event together.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The event.</returns>
    /// <exception cref="QmpCommandException">The server refused the command; the event is not waited for.</exception>
    /// <exception cref="QmpTimeoutException">The reply or the event did not come within the timeout.</exception>
    /// <exception cref="QmpDisconnectedException">The connection ended before the event came.</exception>
    public async Task<QmpEvent> ExecuteAndWaitAsync(
        string command,
        JObject? arguments,
        Func<QmpEvent, bool> until,
        TimeSpan timeout,
        CancellationToken cancellationToken = default)
    {
        return await ExecuteAndWaitAsync(
            stop => ExecuteRawAsync(command, arguments, null, stop).AsTask(), until, timeout, cancellationToken)
            .ConfigureAwait(OrderedContext.IsCurrent);
    }

    /// <inheritdoc cref="ExecuteAndWaitAsync(string, JObject?, Func{QmpEvent, bool}, TimeSpan, CancellationToken)"/>
    /// <param name="command">A command of the schema.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="awaited">An event of the schema.</param>
    /// <param name="until">Which one of those; the first by default.</param>
    /// <param name="timeout">How long to wait for reply and event together.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<QmpEvent<TEvent>> ExecuteAndWaitAsync<TArguments, TResult, TEvent>(
        ClientCommand<TArguments, TResult> command,
        TArguments arguments,
        EventDescriptor<TEvent> awaited,
        Func<TEvent, bool>? until,
        TimeSpan timeout,
        CancellationToken cancellationToken = default)
    {
        QmpEvent came = await ExecuteAndWaitAsync(
            stop => ExecuteAsync(command, arguments, stop).AsTask(),
            e => e.Is(awaited) && (until is null || until(e.Read(awaited))),
            timeout,
            cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
        return new QmpEvent<TEvent>(came, awaited);
    }

    private async Task<QmpEvent> ExecuteAndWaitAsync(
        Func<CancellationToken, Task> send,
        Func<QmpEvent, bool> until,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<QmpEvent> awaited = WhenEventAsync(until, timeout, wait.Token);
        Task reply = send(wait.Token);
        try
        {
            // A refused command ends the wait for the event, a missing event the wait for the reply.
            Task first = await Task.WhenAny(reply, awaited).ConfigureAwait(OrderedContext.IsCurrent);
            await first.ConfigureAwait(OrderedContext.IsCurrent);
            await reply.ConfigureAwait(OrderedContext.IsCurrent);
            return await awaited.ConfigureAwait(OrderedContext.IsCurrent);
        }
        finally
        {
            await OrderedContext.CancelAsync(wait).ConfigureAwait(OrderedContext.IsCurrent);
            await Task.WhenAll(reply, awaited).ConfigureAwait(OrderedContext.Quietly);
        }
    }
}
