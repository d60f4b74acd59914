using Qmp.Emulator.Chardevs;
using Qmp.Server.Sessions;

namespace Qmp.Emulator.Monitors;

/// <summary>A monitor as the front end of a character device.</summary>
internal sealed class MonitorFrontEnd(IMonitor monitor) : IFrontEnd
{
    /// <summary>The monitor.</summary>
    public IMonitor Monitor => monitor;

    /// <inheritdoc/>
    public bool IsOpen => true;

    /// <inheritdoc/>
    public bool IsConnected => monitor.IsConnected;

    /// <inheritdoc/>
    public bool TakesAnother => false;

    /// <inheritdoc/>
    public Task FirstClient => monitor.FirstClient;

    /// <inheritdoc/>
    public void Disconnect() => monitor.Disconnect();
}
