using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.SaveState;
using Qmp.Migration.Status;
using Qmp.Types;
using Serilog;

namespace Qmp.Devices.Vfio;

/// <summary>How far a destination's device is on the way to the switchover.</summary>
/// <remarks>The loading activity gets it that far; a command may take the last step.</remarks>
internal sealed class VfioSwitchover(VfioSettings settings, Timeline timeline, ILogger logger)
{
    private readonly Lock _gate = new(); // guards what follows
    private SwitchoverStep _step;
    private long _since;
    private LoadContext? _waiting;
    private int _asked;
    private int _outstanding;

    /// <summary>The step, and since when, in milliseconds of the timeline.</summary>
    public (SwitchoverStep Step, long Since) Current
    {
        get
        {
            lock (_gate) return (_step, _since);
        }
    }

    /// <summary>How often the source has said that the device has its initial data, in this load.</summary>
    public int Asked
    {
        get
        {
            lock (_gate) return _asked;
        }
    }

    /// <summary>How many of these times the device has not approved yet.</summary>
    public int Outstanding
    {
        get
        {
            lock (_gate) return _outstanding;
        }
    }

    /// <summary>A load begins.</summary>
    public void Begin()
    {
        lock (_gate) (_asked, _outstanding, _waiting) = (0, 0, null);
        Enter(SwitchoverStep.InitialData);
    }

    /// <summary>The source says that the device has its initial data.</summary>
    public void Ask()
    {
        lock (_gate)
        {
            _asked++;
            _outstanding++;
        }
    }

    /// <summary>Notes that the device has reached a step.</summary>
    public void Enter(SwitchoverStep step)
    {
        lock (_gate) (_step, _since) = (step, timeline.NowMilliseconds);
    }

    /// <summary>The initial data is there; the device waits for a command that approves, or for ever.</summary>
    public void Wait(LoadContext context)
    {
        Enter(SwitchoverStep.Waiting);
        lock (_gate) _waiting = context;
    }

    /// <summary>Approves.</summary>
    /// <exception cref="LoadException">More devices have approved than take part.</exception>
    public async ValueTask ApproveAsync(LoadContext context)
    {
        await context.ApproveSwitchoverAsync(settings.Id);
        lock (_gate) _outstanding--;
        Enter(SwitchoverStep.Approved);
    }

    /// <summary>Approves because a command says so. Returns at once: the ack is sent on an activity of its own.</summary>
    /// <exception cref="MigrationException">The device does not wait for that.</exception>
    public void ApproveManually()
    {
        if (settings.Ack != VfioAckPolicy.Manual)
        {
            throw new MigrationException(
                settings.Ack == VfioAckPolicy.Auto
                    ? $"Device '{settings.Id}' approves the switchover by itself"
                    : $"Device '{settings.Id}' never approves the switchover");
        }

        LoadContext context;
        lock (_gate)
        {
            context = _waiting ?? throw new MigrationException(
                _step == SwitchoverStep.Approved
                    ? $"Device '{settings.Id}' has approved the switchover already"
                    : $"Device '{settings.Id}' does not have its initial data yet");
            if (--_outstanding == 0)
            {
                _waiting = null;
                (_step, _since) = (SwitchoverStep.Approved, timeline.NowMilliseconds);
            }
        }

        timeline.Start("mig/dst/approve", () => SendAsync(context));
    }

    private async ValueTask SendAsync(LoadContext context)
    {
        try
        {
            await context.ApproveSwitchoverAsync(settings.Id);
        }
        catch (Exception e) when (e is ChannelException or Migration.Faults.FaultException)
        {
            // The source is gone: the load notices that itself.
            logger.Debug("vfio_approve_switchover {Device:l} {Error:l}", settings.Id, e.Message);
        }
    }
}
