using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Faults;
using Qmp.Types;

namespace Qmp.Migration.Destination;

/// <summary>The destination's end, as faults see it.</summary>
internal sealed class DestinationFaults : IFaultTarget
{
    private readonly Timeline _timeline;
    private readonly ChannelSet _channels;
    private long _start;

    public DestinationFaults(FaultPoints points, Timeline timeline, ChannelSet channels)
    {
        _channels = channels;
        Site = new FaultSite(points, this);
        _timeline = timeline;
    }

    /// <summary>Where the destination's activities reach their points.</summary>
    public FaultSite Site { get; }

    /// <summary>What loads, once there is anything to load.</summary>
    public StreamLoader? Loader { get; set; }

    public long Position => Loader?.Position ?? 0;

    public long Elapsed => _timeline.NowMilliseconds - _start;

    /// <summary>The destination waits for a source.</summary>
    public void Started() => _start = _timeline.NowMilliseconds;

    public ValueTask SettleAsync(FaultPoint point) => ValueTask.CompletedTask;

    public void Close() => _channels.Break();

    public void Corrupt(FaultPoint point)
    {
        if (point is FaultPoint.Gate or FaultPoint.Shut or FaultPoint.ReturnPathSend or FaultPoint.PageRequest) Loader?.ReturnPath.Writer?.CorruptNext();
        else Loader?.CorruptNext();
    }
}
