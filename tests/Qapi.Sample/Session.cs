using Qmp.Server.Dispatch;

namespace Jukebox;

/// <summary>The commands of session.json; one instance a client.</summary>
internal sealed class Session(IMonitorSession session) : ISessionCommands
{
    public ValueTask QmpCapabilitiesAsync(QmpCapabilitiesArguments arguments, CancellationToken cancellationToken)
    {
        session.CompleteNegotiation(arguments.Enable?.Contains(QMPCapability.Oob) ?? false);
        return ValueTask.CompletedTask;
    }
}
