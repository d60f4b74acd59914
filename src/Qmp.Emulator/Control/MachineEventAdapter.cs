using Qmp.Api;
using Qmp.Machine;
using Qmp.Machine.Time;
using Qmp.Migration.Faults;
using Qmp.Migration.Status;
using Qmp.Server.Events;
using Qmp.Types;

namespace Qmp.Emulator.Control;

/// <summary>Makes QMP events of what happens to the machine and its migration.</summary>
internal sealed class MachineEventAdapter(IEventPublisher publisher, CommandWarnings warnings)
    : IMachineEvents, IMigrationEvents
{
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(50);

    private readonly RunStateEvents _runState = new(publisher);
    private readonly QdevEvents _devices = new(publisher);
    private readonly MigrationEvents _migration = new(publisher);
    private readonly XSimEvents _simulation = new(publisher);

    public void Stopped() => _runState.Stop();

    public void Resumed() => _runState.Resume();

    public void Suspended() => _runState.Suspend();

    public void WokenUp() => _runState.Wakeup();

    /// <summary>Tells of devices that have gone, a while after the command that removed them has been answered, as QEMU does.</summary>
    /// <remarks>libvirt waits in vain for an event that comes at once: it is not listening yet.</remarks>
    public Action<IReadOnlyList<DeviceDeletedEvent>> Devices(VirtualMachine machine) => gone => machine.Timeline.Start("call_rcu", async () =>
    {
        await machine.Timeline.CreateWaker().WaitAsync(Grace);
        using TimelineLock.Hold hold = await machine.Lock.EnterAsync();
        foreach (DeviceDeletedEvent device in gone) _devices.DeviceDeleted(device);
    });

    public void Status(MigrationStatus status) => _migration.Migration(new MigrationEvent { Status = status });

    public void Fault(FaultOccurrence fault) => _simulation.XFault(new XFaultEvent
    {
        Point = fault.Point,
        Action = fault.Action,
        Position = (ulong)fault.Position,
    });

    public void Pass(long pass) => _migration.MigrationPass(new MigrationPassEvent { Pass = pass });

    public void Warning(string text) => warnings.Add(text);
}
