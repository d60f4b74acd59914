using Qmp.Machine;
using Qmp.Machine.Time;
using Qmp.Migration.SaveState;
using Qmp.Migration.Switchover;
using Qmp.Types;
using Serilog;

namespace Qmp.Devices.Vfio;

/// <summary>
/// A device that migrates as one passed through by VFIO does, without hardware (<c>-device x-vfio</c>): initial data,
/// data while it runs, a stop-copy phase, configuration, and a say in the switchover.
/// </summary>
public sealed class VfioDevice : SaveStateEntry, IGuest
{
    private readonly VfioFunction _function;
    private readonly VfioSwitchover _switchover;
    private readonly Timeline _timeline;
    private readonly ILogger _logger;
    private volatile VfioSaver? _saver; // the latest attempt's, for those who ask how far it is

    /// <summary>A device that stands still, as its machine does.</summary>
    public VfioDevice(VfioSettings settings, Timeline timeline, ILogger logger)
    {
        Settings = settings;
        _timeline = timeline;
        _logger = logger;
        _function = new VfioFunction(settings, timeline, logger);
        _switchover = new VfioSwitchover(settings, timeline, logger);
    }

    /// <summary>What it is like.</summary>
    public VfioSettings Settings { get; }

    /// <inheritdoc/>
    public override string Name => $"{Settings.Id}/vfio";

    /// <inheritdoc/>
    public override int Version => 1;

    /// <inheritdoc/>
    public override bool NeedsSwitchoverAck => true;

    /// <inheritdoc/>
    public override string OwnerName => Settings.Id;

    /// <inheritdoc/>
    public override string? RefusalOf(Func<MigrationCapability, bool> has)
    {
        if (Settings.AllowsPostcopy) return null;
        return has(MigrationCapability.PostcopyRam) ? "VFIO migration is not supported with postcopy migration"
            : has(MigrationCapability.BackgroundSnapshot) ? "VFIO migration is not supported with background snapshot"
            : null;
    }

    /// <inheritdoc/>
    public override StateSaver CreateSaver(SaveContext context) =>
        _saver = new VfioSaver(Settings, _function, context, _logger);

    /// <inheritdoc/>
    public override StateLoader CreateLoader(LoadContext context)
    {
        _function.Enter(VfioDeviceState.Resuming);
        return new VfioLoader(Settings, _switchover, context);
    }

    /// <summary>How far this device is on the way to the switchover, as one end knows it.</summary>
    /// <param name="status">What that end knows of the switchover.</param>
    /// <returns>The step, and for how many milliseconds it has lasted.</returns>
    public (SwitchoverStep Step, long Milliseconds) Progress(SwitchoverStatus status)
    {
        VfioSaver? saver = _saver;
        long sent = saver?.SentAt ?? 0;
        (SwitchoverStep step, long since) = status switch
        {
            { Role: SwitchoverRole.Destination } => _switchover.Current,
            { Required: false } => (SwitchoverStep.Approved, sent),
            { AcknowledgedAt: { } acknowledged } => (SwitchoverStep.Approved, acknowledged),
            _ => (saver is { InitialDataSent: true } ? SwitchoverStep.Waiting : SwitchoverStep.InitialData, sent),
        };
        return (step, _timeline.NowMilliseconds - since);
    }

    /// <summary>
    /// How many acks it has asked for at a source, or had to give at a destination, in the current or latest migration.
    /// </summary>
    public int AckRequests(SwitchoverStatus status) =>
        status.Role == SwitchoverRole.Destination ? _switchover.Asked : _saver?.Requests ?? 0;

    /// <summary>How many of the acks that it has to give at a destination it has not given yet.</summary>
    public int OutstandingAcks => _switchover.Outstanding;

    /// <summary>
    /// Begins anew, as a device does whose driver changes its set-up: it has new initial data, which the destination
    /// has to work on before it can take over quickly.
    /// </summary>
    /// <param name="bytes">How many bytes of it.</param>
    /// <exception cref="Migration.Status.MigrationException">It is not being sent while it runs.</exception>
    public void BeginAnew(ulong bytes)
    {
        if (_saver is { IsSending: true } && _function.BeginAnew(bytes)) return;
        throw new Migration.Status.MigrationException($"Device '{Settings.Id}' is not being sent while it runs");
    }

    /// <summary>Approves the switchover on behalf of a device with <c>ack=manual</c>.</summary>
    /// <exception cref="Migration.Status.MigrationException">The device does not wait for that.</exception>
    public void ApproveSwitchover() => _switchover.ApproveManually();

    /// <inheritdoc/>
    public void Start() => _function.Enter(_saver is { IsSending: true } ? VfioDeviceState.PreCopy : VfioDeviceState.Running);

    /// <inheritdoc/>
    public ValueTask StopAsync()
    {
        bool isRead = _function.State == VfioDeviceState.PreCopy;
        _function.Enter(isRead ? VfioDeviceState.StopCopy : VfioDeviceState.Stop);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Throttle(int percent)
    {
        // Throttling slows CPUs down; a device is not one.
    }
}
