using Qmp.Client.Wire;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Threading;
using Qmp.Protocol.Transport;

namespace Qmp.Client.Connections;

/// <summary>Reaches a server, waits for its greeting and negotiates; for one connection.</summary>
internal sealed class SessionOpener(QmpEndpoint endpoint, QmpClientOptions options)
{
    private const string UsualCause =
        "; a monitor serves one client at a time, and another one may hold this one (or the server is stopped)";

    private volatile ConnectPhase _phase;
    private volatile string? _refusal;

    /// <summary>Connects; again and again while nobody listens, if the options say so.</summary>
    public async Task<IConnection> ReachAsync(CancellationToken giveUp)
    {
        long start = options.Time.GetTimestamp();
        while (true)
        {
            try
            {
                return await endpoint.ConnectAsync(giveUp).ConfigureAwait(OrderedContext.IsCurrent);
            }
            catch (TransportException e) when (options.ConnectRetryInterval is not null && MayTryAgain(start))
            {
                _refusal = e.Message;
                options.Logger.NotReachedYet(endpoint.Name, e.Message);
            }

            await Task.Delay(options.ConnectRetryInterval.Value, options.Time, giveUp).ConfigureAwait(OrderedContext.IsCurrent);
        }
    }

    /// <summary>Waits for the greeting and negotiates, if the options say so.</summary>
    /// <param name="transport">Disposed when it is given up.</param>
    /// <param name="source">What comes from it.</param>
    /// <param name="publish">Takes events that come meanwhile.</param>
    /// <param name="send">Sends the request.</param>
    /// <param name="giveUp">Ends the wait.</param>
    /// <returns>The greeting, and whether out-of-band execution is enabled.</returns>
    public async Task<(QmpGreeting Greeting, bool OutOfBand)> AgreeAsync(
        IConnection transport,
        MessageSource source,
        Action<IncomingMessage> publish,
        NegotiationSender send,
        CancellationToken giveUp)
    {
        _phase = ConnectPhase.Greeting;
        if (!options.Negotiate) return (new QmpGreeting(null, []), false);
        using CancellationTokenRegistration _ = giveUp.UnsafeRegister(
            static t => ((IConnection)t!).Dispose(), transport);
        // Not on the caller's thread: a blocking transport would hold it.
        var handshake = new Handshake(source, publish);
        return await (OrderedContext.IsCurrent
            ? ShakeHandsAsync(handshake, send)
            : Task.Run(() => ShakeHandsAsync(handshake, send), CancellationToken.None))
            .ConfigureAwait(OrderedContext.IsCurrent);
    }

    /// <summary>Says why no session came about.</summary>
    public QmpConnectException Explain(Exception e) => new(
        endpoint.Name, _phase, e.Message, e is ViolationException ? new QmpProtocolException(e.Message) : e);

    /// <summary>The same where time was up.</summary>
    public QmpConnectException ExplainTimeout() => Explain(new TimeoutException(
        $"nothing within {options.ConnectTimeout.TotalSeconds:0.###} s"
            + (_phase == ConnectPhase.Greeting ? UsualCause : _refusal is null ? "" : $"; the last attempt: {_refusal}")));

    private bool MayTryAgain(long start) =>
        options.ConnectRetryTime is not { } limit || options.Time.GetElapsedTime(start) < limit;

    private async Task<(QmpGreeting Greeting, bool OutOfBand)> ShakeHandsAsync(Handshake handshake, NegotiationSender send)
    {
        QmpGreeting greeting = await handshake.ReadGreetingAsync().ConfigureAwait(OrderedContext.IsCurrent);
        _phase = ConnectPhase.Negotiation;
        return (greeting, await handshake.NegotiateAsync(greeting, options.EnableOutOfBand, send).ConfigureAwait(OrderedContext.IsCurrent));
    }
}
