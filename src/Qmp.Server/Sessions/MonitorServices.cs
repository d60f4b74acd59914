using Qmp.Protocol.Json;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;
using Qmp.Server.Dispatch;
using Qmp.Server.Events;
using Serilog;

namespace Qmp.Server.Sessions;

/// <summary>What all sessions of a server share.</summary>
internal sealed record MonitorServices(
    ICommandQueue Queue,
    CommandLookup Lookup,
    EventBus Events,
    CompatPolicy Policy,
    Func<Exception, QmpError?> MapException,
    QmpVersion Version,
    JsonDialect JsonDialect,
    TimeProvider Time,
    long MaxBacklog,
    TimeSpan CloseTimeout,
    ILogger Logger);
