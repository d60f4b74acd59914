using Qmp.Protocol.Json;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;
using Serilog;

namespace Qmp.Server;

/// <summary>What a server is made of besides its commands.</summary>
public sealed record QmpServerOptions
{
    /// <summary>The version in the greeting.</summary>
    public required QmpVersion Version { get; init; }

    /// <summary>How what is wrong with a client's JSON is told: as QEMU 10.0 does unless said otherwise.</summary>
    public JsonDialect JsonDialect { get; init; } = JsonDialect.Qemu10;

    /// <summary>How deprecated and unstable commands and members are treated.</summary>
    public CompatPolicy CompatPolicy { get; init; } = CompatPolicy.Permissive;

    /// <summary>
    /// Turns exceptions of command implementations into errors; <see langword="null"/> for those that are defects,
    /// which are logged.
    /// </summary>
    public Func<Exception, QmpError?> MapException { get; init; } = _ => null;

    /// <summary>Whether only commands with <c>allow-preconfig</c> are permitted at this moment.</summary>
    public Func<bool> IsPreconfig { get; init; } = () => false;

    /// <summary>Bytes that a client may leave unread before it is disconnected.</summary>
    public long MaxBacklog { get; init; } = 64 << 20;

    /// <summary>How long a session that ends waits for the client to take its last replies.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Times <see cref="CloseTimeout"/>.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Where failures are reported.</summary>
    public ILogger Logger { get; init; } = Serilog.Core.Logger.None;
}
