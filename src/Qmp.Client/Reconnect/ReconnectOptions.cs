namespace Qmp.Client;

/// <summary>How a <see cref="ReconnectingQmpClient"/> comes back.</summary>
public sealed record ReconnectOptions
{
    /// <summary>The defaults.</summary>
    public static ReconnectOptions Default { get; } = new();

    /// <summary>How each connection behaves.</summary>
    public QmpClientOptions Client { get; init; } = QmpClientOptions.Default;

    /// <summary>The pause before the first attempt; it doubles with each further one. 100 ms.</summary>
    public TimeSpan InitialDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause; 5 s.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many attempts in a row may fail before it gives up; no limit by default.</summary>
    public int MaxAttempts { get; init; } = int.MaxValue;

    /// <summary>
    /// Called with each new connection, the first one too, before anybody else gets it: the place to ask for what was
    /// missed (<c>query-status</c>, <c>query-migrate</c>). If it fails, so does the attempt.
    /// </summary>
    public Func<QmpConnection, CancellationToken, ValueTask>? Resync { get; init; }

    /// <summary>Called when a connection has ended, before the attempts begin. It must not wait.</summary>
    public Action<QmpDisconnect>? Disconnected { get; init; }
}
