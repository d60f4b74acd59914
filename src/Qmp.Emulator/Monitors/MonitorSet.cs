using Qmp.Emulator.Chardevs;
using Qmp.Emulator.HumanMonitor;
using Qmp.Emulator.Options;
using Qmp.Protocol.Transport;
using Qmp.Server;
using Qmp.Server.Dispatch;
using MonitorOptions = Qmp.Server.Sessions.MonitorOptions;

namespace Qmp.Emulator.Monitors;

/// <summary>Makes the character devices of an emulator, and its monitors as front ends of them.</summary>
/// <param name="server">Serves the QMP monitors.</param>
/// <param name="human">Runs the lines of the human monitors.</param>
/// <param name="queue">Where their commands run.</param>
/// <param name="chardevs">Gets the devices.</param>
/// <param name="open">Opens a device.</param>
/// <param name="others">Makes the front ends that are no monitors, by the id of the device.</param>
internal sealed class MonitorSet(
    QmpServer server,
    HumanMonitorInterpreter human,
    ICommandQueue queue,
    ChardevSet chardevs,
    Func<ChardevSpec, OpenedChardev> open,
    Func<string, Func<Chardev, IFrontEnd>?> others)
{
    /// <summary>Makes them one after the other; one that waits for a client holds up those behind it, as in QEMU.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="report">Is told what is waited for.</param>
    /// <param name="announce">Is told where terminals are.</param>
    /// <param name="ending">Ends when the emulator does, and with it all waiting.</param>
    /// <exception cref="CommandLineException">A device cannot be opened.</exception>
    public async ValueTask OpenAsync(EmulatorOptions options, Action<string> report, Action<string> announce, Task ending)
    {
        foreach (OptionValue<ChardevSpec> made in options.Chardevs)
        {
            if (ending.IsCompleted) return;
            string id = made.Value.Id;
            MonitorSpec? monitor = options.Monitors.FirstOrDefault(m => m.ChardevId == id);
            Chardev chardev = Add(
                made,
                monitor is null ? others(id) : device => Attach(monitor, device, () => ending.IsCompleted),
                options.Ports.Contains(id));
            if (chardev.Terminal is { } path) announce($"char device redirected to {path} (label {id})");
            if (!chardev.WaitsForClient) continue;
            report(made.Error($"info: QEMU waiting for connection on: {chardev.Description}").Message);
            await chardev.FrontEnd.FirstClient.ConfigureAwait(false);
        }
    }

    private Chardev Add(OptionValue<ChardevSpec> made, Func<Chardev, IFrontEnd>? attach, bool isPort)
    {
        try
        {
            return chardevs.Add(made.Value, open, attach, isPort);
        }
        catch (TransportException e)
        {
            throw made.Error(e.Hint is null ? e.Message : $"{e.Message}\n{e.Hint}");
        }
    }

    private IFrontEnd Attach(MonitorSpec spec, Chardev chardev, Func<bool> isEnding)
    {
        if (spec.IsHuman) return HumanMonitorFrontEnd.Start(chardev.Connections, human, queue, isEnding);
        return new MonitorFrontEnd(server.AddMonitor(new MonitorOptions
        {
            Id = spec.Id,
            Connections = chardev.Connections,
            Pretty = spec.Pretty,
        }));
    }
}
