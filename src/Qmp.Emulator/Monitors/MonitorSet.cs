using Qmp.Emulator.Chardevs;
using Qmp.Emulator.Options;
using Qmp.Protocol.Transport;
using Qmp.Server;
using Qmp.Types;
using MonitorOptions = Qmp.Server.Sessions.MonitorOptions;

namespace Qmp.Emulator.Monitors;

/// <summary>Makes the character devices of an emulator, and its monitors as front ends of them.</summary>
/// <param name="server">Serves the monitors.</param>
/// <param name="chardevs">Gets the devices.</param>
/// <param name="open">Opens a device.</param>
/// <param name="report">Is told what is waited for.</param>
internal sealed class MonitorSet(
    QmpServer server, ChardevSet chardevs, Func<ChardevOptions, IConnectionSource> open, Action<string> report)
{
    /// <summary>Makes them one after the other; one that waits for a client holds up those behind it, as in QEMU.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="ending">Ends when the emulator does, and with it all waiting.</param>
    /// <exception cref="CommandLineException">A device cannot be opened.</exception>
    public async ValueTask OpenAsync(EmulatorOptions options, Task ending)
    {
        foreach (OptionValue<ChardevOptions> made in options.Chardevs)
        {
            if (ending.IsCompleted) return;
            string id = made.Value.Id;
            MonitorSpec? monitor = options.Monitors.FirstOrDefault(m => m.ChardevId == id);
            Chardev chardev = chardevs.Add(
                made,
                open,
                monitor is null ? null : device => Attach(monitor, device),
                options.Ports.Contains(id));
            if (!chardev.WaitsForClient) continue;
            report(chardev.Message($"info: QEMU waiting for connection on: {chardev.Description}"));
            await chardev.FrontEnd.FirstClient.ConfigureAwait(false);
        }
    }

    private MonitorFrontEnd Attach(MonitorSpec spec, Chardev chardev) => new(server.AddMonitor(new MonitorOptions
    {
        Id = spec.Id,
        Connections = chardev.Connections,
        Pretty = spec.Pretty,
    }));
}
