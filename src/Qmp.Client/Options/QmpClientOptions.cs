using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Qmp.Protocol.Json;

namespace Qmp.Client;

/// <summary>How a client behaves. Immutable; change a copy with <c>with</c>.</summary>
public sealed record QmpClientOptions
{
    /// <summary>The defaults.</summary>
    public static QmpClientOptions Default { get; } = new();

    /// <summary>
    /// One deadline over connecting, greeting and negotiation; 10 s. <see cref="Timeout.InfiniteTimeSpan"/> for none.
    /// </summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often to try again, within the deadline, while no server listens yet: for servers that have just been started.
    /// <see langword="null"/>, the default, tries once.
    /// </summary>
    public TimeSpan? ConnectRetryInterval { get; init; }

    /// <summary>
    /// For how long to try again, within the deadline; then the last refusal is told. <see langword="null"/>, the default,
    /// until the deadline.
    /// </summary>
    public TimeSpan? ConnectRetryTime { get; init; }

    /// <summary>
    /// How long a call waits for its reply if it does not say otherwise; for ever by default. A monitor may be silent
    /// for seconds while the emulator is busy, so choose with care.
    /// </summary>
    public TimeSpan CommandTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Whether to enable out-of-band execution if the server offers it; on by default.</summary>
    public bool EnableOutOfBand { get; init; } = true;

    /// <summary>
    /// Whether to wait for the greeting and negotiate; on by default. Off is for servers that do neither, such as the
    /// QEMU guest agent, and for those who negotiate with commands of their own.
    /// </summary>
    public bool Negotiate { get; init; } = true;

    /// <summary>
    /// The longest message that is accepted, in bytes; 64 MiB, which is also the most. A longer one ends the
    /// connection.
    /// </summary>
    public int MaxMessageBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, JsonLimits.MaxTokenBytes);
            field = value;
        }
    } = JsonLimits.MaxTokenBytes;

    /// <summary>
    /// Bytes of requests that may wait for a server that does not read; 64 MiB. Further calls are refused.
    /// </summary>
    public long MaxUnsentBytes { get; init; } = 64 << 20;

    /// <summary>
    /// How many unread events a subscription keeps if it does not say otherwise; 4096. Beyond, the oldest ones go.
    /// </summary>
    public int EventCapacity
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 4096;

    /// <summary>The clock behind deadlines and timeouts.</summary>
    [SuppressMessage(
        "ApiDesign", "RS0030", Justification = "A client's peers are real; simulations and tests hand in their clock.")]
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where the client reports what it does; nowhere by default.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
