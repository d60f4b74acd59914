using Qmp.Emulator.Chardevs;
using Qmp.Emulator.HumanMonitor;
using Qmp.Emulator.Options;
using Qmp.Protocol.Threading;
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
    private Task? _ending;

    /// <summary>Makes them one after the other; one that waits for a client holds up those behind it, as in QEMU.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="report">Is told what is waited for.</param>
    /// <param name="announce">Is told where terminals are.</param>
    /// <param name="ending">Ends when the emulator does, and with it all waiting.</param>
    /// <exception cref="CommandLineException">A device cannot be opened.</exception>
    public async ValueTask OpenAsync(EmulatorOptions options, Action<string> report, Action<string> announce, Task ending)
    {
        _ending = ending;
        foreach (OptionValue<ChardevSpec> made in options.Chardevs)
        {
            if (ending.IsCompleted) return;
            string id = made.Value.Id;
            MonitorSpec? monitor = options.Monitors.FirstOrDefault(m => m.ChardevId == id);
            Chardev chardev = Add(
                made,
                monitor is null ? others(id) : device => Attach(monitor, device.Connections, () => ending.IsCompleted),
                options.Ports.Contains(id));
            if (chardev.Terminal is { } path) announce($"char device redirected to {path} (label {id})");
            if (!chardev.WaitsForClient) continue;
            report(made.Error($"info: QEMU waiting for connection on: {chardev.Description}").Message);
            await chardev.FrontEnd.FirstClient.ConfigureAwait(OrderedContext.IsCurrent);
        }
    }

    /// <summary>Makes a monitor on a device that is there.</summary>
    /// <exception cref="CommandException">There is no such device, or something uses it.</exception>
    public void Add(MonitorSpec spec)
    {
        string id = spec.ChardevId;
        Chardev chardev = chardevs.Find(id) ?? throw new CommandException($"chardev \"{id}\" not found");
        if (chardev.FrontEnd is not IdlePort { IsOpen: false } || chardevs.IsUsed(id)) throw new CommandException($"chardev '{id}' is already in use");
        ChardevSet.Attach(chardev, connections => Attach(spec, connections, () => _ending?.IsCompleted == true));
    }

    /// <summary>Removes a QMP monitor. Its device stays, and listens again where it did.</summary>
    public void Remove(string id)
    {
        Chardev? chardev = chardevs.All.FirstOrDefault(c => c.FrontEnd is MonitorFrontEnd front && front.Monitor.Id == id);
        if (chardev?.FrontEnd is not MonitorFrontEnd { Monitor: var monitor }) return;
        server.RemoveMonitor(monitor);
        try
        {
            chardevs.Reopen(chardev, open);
        }
        catch (TransportException)
        {
            // Its connection was one that cannot be made again.
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

    private IFrontEnd Attach(MonitorSpec spec, IConnectionSource connections, Func<bool> isEnding)
    {
        if (spec.IsHuman) return HumanMonitorFrontEnd.Start(connections, human, queue, isEnding);
        return new MonitorFrontEnd(server.AddMonitor(new MonitorOptions
        {
            Id = spec.Id,
            Connections = connections,
            Pretty = spec.Pretty,
        }));
    }
}
