using Qmp.Emulator.Options;
using Qmp.Server.Sessions;

namespace Qmp.Emulator.Monitors;

/// <summary>A monitor and the character device that it talks over.</summary>
internal sealed class MonitorDevice(MonitorSpec spec, IMonitor monitor)
{
    /// <summary>The character device's id.</summary>
    public string ChardevId => spec.ChardevId;

    /// <summary>Whether it is a socket, so that it can be yanked.</summary>
    public bool IsSocket => spec.Chardev is not null;

    /// <summary>What <c>query-chardev</c> calls its file.</summary>
    public string Description
    {
        get
        {
            if (spec.Chardev is not { } socket) return "stdio";
            string address = socket.Path is { } path ? $"unix:{path}"
                : socket.Fd is { } fd ? $"fd:{fd}"
                : $"tcp:{socket.Host}:{socket.Port}";
            return (monitor.IsConnected ? "" : "disconnected:") + address + (socket.Server == true ? ",server=on" : "");
        }
    }

    /// <summary>Whether the machine starts only when a client is there.</summary>
    public bool WaitsForClient => spec.Chardev is { Server: true, Wait: not false };

    public Task FirstClient => monitor.FirstClient;

    public void Disconnect() => monitor.Disconnect();
}
