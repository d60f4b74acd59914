using Qmp.Machine;
using Qmp.Machine.Time;
using Qmp.Migration.Options;
using Qmp.Migration.SaveState;
using Qmp.Migration.Stream;
using Qmp.Migration.Switchover;
using Qmp.Types;
using Serilog;

namespace Qmp.Devices.Vfio;

/// <summary>
/// A device that migrates as one passed through by VFIO does, without hardware (<c>-device x-vfio</c>): initial data,
/// data while it runs, a stop-copy phase, configuration, and a say in the switchover.
/// </summary>
public sealed class VfioDevice : IterativeEntry, IGuest
{
    private readonly VfioFunction _function;
    private readonly VfioSaver _saver;
    private readonly VfioSwitchover _switchover;
    private readonly Timeline _timeline;
    private long _sentAt;
    private volatile bool _isSent;
    private VfioLoader? _loader;

    /// <summary>A device that stands still, as its machine does.</summary>
    public VfioDevice(VfioSettings settings, Timeline timeline, ILogger logger)
    {
        Settings = settings;
        _timeline = timeline;
        _function = new VfioFunction(settings, timeline, logger);
        _saver = new VfioSaver(_function);
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
    public override bool IsIterating => _function.State == VfioDeviceState.PreCopy;

    /// <inheritdoc/>
    public override bool HasNews(MigrationOptions options) =>
        IsIterating && options.Has(MigrationCapability.SwitchoverAck) && !_saver.InitialDataSent;

    /// <inheritdoc/>
    public override bool HasFinalState => true;

    /// <inheritdoc/>
    public override long? DeviceStateBytes => _saver.Transferred;

    /// <summary>How far this device is on the way to the switchover, as one end knows it.</summary>
    /// <param name="status">What that end knows of the switchover.</param>
    /// <returns>The step, and for how many milliseconds it has lasted.</returns>
    public (SwitchoverStep Step, long Milliseconds) Progress(SwitchoverStatus status)
    {
        long sent = Volatile.Read(ref _sentAt);
        (SwitchoverStep step, long since) = status switch
        {
            { Role: SwitchoverRole.Destination } => _switchover.Current,
            { Required: false } => (SwitchoverStep.Approved, sent),
            { AcknowledgedAt: { } acknowledged } => (SwitchoverStep.Approved, acknowledged),
            _ => (_saver.InitialDataSent ? SwitchoverStep.Waiting : SwitchoverStep.InitialData, sent),
        };
        return (step, _timeline.NowMilliseconds - since);
    }

    /// <summary>Approves the switchover on behalf of a device with <c>ack=manual</c>.</summary>
    /// <exception cref="Migration.Status.MigrationException">The device does not wait for that.</exception>
    public void ApproveSwitchover() => _switchover.ApproveManually();

    /// <inheritdoc/>
    public void Start() => _function.Enter(_isSent ? VfioDeviceState.PreCopy : VfioDeviceState.Running);

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

    /// <inheritdoc/>
    public override ValueTask SetupAsync(SaveContext context)
    {
        Volatile.Write(ref _sentAt, context.Now);
        _isSent = true;
        _saver.Begin(context.Writer);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override PendingState PendingEstimate(SaveContext context) => new(_saver.Estimate, 0);

    /// <inheritdoc/>
    public override ValueTask<PendingState> PendingExactAsync(SaveContext context) =>
        new(new PendingState(_saver.Measure(), 0));

    /// <inheritdoc/>
    public override ValueTask IterateAsync(SaveContext context)
    {
        bool sent = _saver.InitialDataSent;
        _saver.Iterate(context);
        if (_saver.InitialDataSent != sent) Volatile.Write(ref _sentAt, context.Now);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override ValueTask CompleteAsync(SaveContext context) => _saver.CompleteAsync(context);

    /// <inheritdoc/>
    public override async ValueTask SaveFinalStateAsync(SaveContext context)
    {
        context.Writer.PutBe64(VfioTag.ConfigState);
        for (ulong at = 0; at < Settings.ConfigBytes;)
        {
            int length = (int)Math.Min(VfioData.MaxPiece, Settings.ConfigBytes - at);
            context.Writer.PutReference(VfioData.AddressOf(at), length);
            at += (ulong)length;
            await context.FlushIfFullAsync();
        }

        context.Writer.PutBe64(VfioTag.EndOfState);
    }

    /// <inheritdoc/>
    public override void Cleanup(SaveContext context)
    {
        _isSent = false;
        if (_function.State == VfioDeviceState.PreCopy) _function.Enter(VfioDeviceState.Running);
        else if (_function.State == VfioDeviceState.StopCopy) _function.Enter(VfioDeviceState.Stop);
    }

    /// <inheritdoc/>
    public override ValueTask LoadAsync(MigrationReader reader, int version, LoadContext context)
    {
        if (_loader is null)
        {
            _function.Enter(VfioDeviceState.Resuming);
            _loader = new VfioLoader(Settings, _switchover);
        }

        return _loader.LoadAsync(reader, context);
    }
}
