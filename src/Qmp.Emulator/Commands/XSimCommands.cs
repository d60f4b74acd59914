using Qmp.Api;
using Qmp.Devices.Vfio;
using Qmp.Devices.Workload;
using Qmp.Emulator.Machines;
using Qmp.Machine.Time;
using Qmp.Migration;
using Qmp.Migration.Switchover;
using Qmp.Protocol.Messages;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of x-sim.json.</summary>
internal sealed class XSimCommands(MigrationCore migration, SimulatedDevices devices, Timeline timeline)
    : IXSimCommands
{
    public ValueTask<SwitchoverInfo> XQuerySwitchoverAsync(
        XQuerySwitchoverArguments arguments, CancellationToken cancellationToken)
    {
        SwitchoverStatus status = migration.Switchover;
        return new(new SwitchoverInfo
        {
            Role = status.Role,
            Required = status.Required,
            Acknowledged = status.AcknowledgedAt is not null,
            Approvals = status.Approvals,
            Outstanding = status.Role == SwitchoverRole.Source
                ? status.Outstanding
                : devices.Vfio.Sum(device => device.OutstandingAcks),
            Waiting = status.WaitingSince is { } since ? timeline.NowMilliseconds - since : null,
            Devices = status.Role == SwitchoverRole.None ? [] :
            [
                .. from device in devices.Vfio
                   let progress = device.Progress(status)
                   select new SwitchoverDevice
                   {
                       Id = device.Settings.Id,
                       Step = progress.Step,
                       Since = progress.Milliseconds,
                       Requests = device.AckRequests(status),
                   },
            ],
        });
    }

    public ValueTask XApproveSwitchoverAsync(
        XApproveSwitchoverArguments arguments, CancellationToken cancellationToken)
    {
        VfioDevice device = devices.Vfio.FirstOrDefault(d => d.Settings.Id == arguments.Id)
            ?? throw NoDevice(arguments.Id);
        device.ApproveSwitchover();
        return ValueTask.CompletedTask;
    }

    public ValueTask XReinitSwitchoverAsync(
        XReinitSwitchoverArguments arguments, CancellationToken cancellationToken)
    {
        VfioDevice device = devices.Vfio.FirstOrDefault(d => d.Settings.Id == arguments.Id)
            ?? throw NoDevice(arguments.Id);
        device.BeginAnew(arguments.Bytes);
        return ValueTask.CompletedTask;
    }

    public ValueTask XWorkloadSetAsync(XWorkloadSetArguments arguments, CancellationToken cancellationToken)
    {
        WorkloadGuest guest = Find(arguments.Id);
        if (arguments.Rate > long.MaxValue) throw new CommandException("Parameter 'rate' is too large");
        if (arguments.WorkingSet is { } size)
        {
            if (size > long.MaxValue || !guest.Fits((long)size))
            {
                throw new CommandException("Parameter 'working-set' expects two pages or more, all in memory");
            }

            guest.ChangeWorkingSet((long)size);
        }

        if (arguments.Rate is { } rate) guest.Rate = (long)rate;
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<WorkloadInfo>> XQueryWorkloadAsync(
        XQueryWorkloadArguments arguments, CancellationToken cancellationToken) => new([.. devices.Workloads.Select(Describe)]);

    public ValueTask XFaultSetAsync(FaultPlan arguments, CancellationToken cancellationToken)
    {
        migration.Faults.Set(arguments);
        return ValueTask.CompletedTask;
    }

    public ValueTask XFaultReleaseAsync(XFaultReleaseArguments arguments, CancellationToken cancellationToken)
    {
        if (!migration.Faults.Release(arguments.Point))
        {
            throw new CommandException(
                arguments.Point is { } point ? $"Nothing is held at '{point.ToWireName()}'" : "Nothing is held");
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<FaultInfo>> XQueryFaultsAsync(
        XQueryFaultsArguments arguments, CancellationToken cancellationToken) => new(migration.Faults.Query());

    private static WorkloadInfo Describe(WorkloadGuest guest)
    {
        WorkloadCounts counts = guest.Counts;
        return new WorkloadInfo
        {
            Id = guest.Id,
            Writes = counts.Writes,
            Reads = counts.Reads,
            Faults = counts.Faults,
            WaitedUs = (long)counts.Waited.TotalMicroseconds,
            LongestUs = (long)counts.Longest.TotalMicroseconds,
            WaitingUs = (long?)counts.Waiting?.TotalMicroseconds,
            Damaged = counts.Damaged,
            Damage = counts.Damage,
        };
    }

    private static CommandException NoDevice(string id) =>
        new(new QmpError("DeviceNotFound", $"Device '{id}' not found"));

    private WorkloadGuest Find(string? id) => (id, devices.Workloads) switch
    {
        (null, [var only]) => only,
        (null, []) => throw new CommandException("There is no guest of -device x-workload"),
        (null, _) => throw new CommandException("Parameter 'id' is missing: there are several guests"),
        _ => devices.Workloads.FirstOrDefault(g => g.Id == id) ?? throw NoDevice(id),
    };
}
