using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Faults;
using Qmp.Types;

namespace Qmp.Migration.Source;

/// <summary>The source's end, as faults see it.</summary>
internal sealed class SourceFaults : IFaultTarget
{
    private readonly Timeline _timeline;
    private readonly long _start;
    private readonly ChannelSet _channels;

    public SourceFaults(FaultPoints points, Timeline timeline, ChannelSet channels)
    {
        _channels = channels;
        Site = new FaultSite(points, this);
        _timeline = timeline;
        _start = timeline.NowMilliseconds;
    }

    /// <summary>Where the source's activities reach their points.</summary>
    public FaultSite Site { get; }

    /// <summary>What is sent through, once there is anything to send to.</summary>
    public SourceContext? Context { get; set; }

    /// <summary>The return path, once it is read.</summary>
    public ReturnPathActivity? ReturnPath { get; set; }

    public long Position => Context?.Main.Transferred ?? 0;

    public long Elapsed => _timeline.NowMilliseconds - _start;

    // The return path's activity must not touch what the other one gathers, and what a lost connection has not taken is sent anew.
    public ValueTask SettleAsync(FaultPoint point) =>
        Context is null || IsOnReturnPath(point) || point == FaultPoint.Recover ? ValueTask.CompletedTask : Context.FlushAsync();

    public void Close() => _channels.Break();

    public void Corrupt(FaultPoint point)
    {
        if (IsOnReturnPath(point)) ReturnPath?.CorruptNext();
        else Context?.Writer.CorruptNext();
    }

    private static bool IsOnReturnPath(FaultPoint point) =>
        point is FaultPoint.ReturnPathReceive or FaultPoint.ReturnPathReceiveDone or FaultPoint.PageServe or FaultPoint.PageServeDone;
}
