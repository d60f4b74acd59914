using System.Runtime.ExceptionServices;

namespace Qmp.Machine.Time;

/// <summary>An activity of a virtual timeline.</summary>
internal sealed class VirtualActivity : Activity, VirtualTimeline.IDue
{
    private readonly VirtualTimeline _timeline;
    private readonly Func<ValueTask> _body;
    private readonly bool _keepFailure;
    private readonly List<VirtualWaker> _joining = [];
    private ExceptionDispatchInfo? _failure;

    public VirtualActivity(VirtualTimeline timeline, string name, Func<ValueTask> body, bool keepFailure = false)
        : base(name)
    {
        _timeline = timeline;
        _body = body;
        _keepFailure = keepFailure;
        timeline.Schedule(this, 0, 0);
    }

    public override int ThreadId => 0;

    public bool IsEnded { get; private set; }

    public override async ValueTask JoinAsync()
    {
        if (IsEnded) return;
        var waker = new VirtualWaker(_timeline);
        _joining.Add(waker);
        await waker.WaitAsync();
    }

    public void ThrowIfFailed() => _failure?.Throw();

    // The first step of the body. A failure that escapes ends the run of a test with its own stack trace; a thread
    // would have logged it, but a virtual timeline is always driven by a caller that can take it.
    void VirtualTimeline.IDue.Due(long token) => _ = RunAsync();

    private async Task RunAsync()
    {
        try
        {
            await _body();
        }
        catch (Exception e) when (_keepFailure)
        {
            _failure = ExceptionDispatchInfo.Capture(e);
        }
        catch (Exception e)
        {
            _timeline.Schedule(new Escaped(Name, e), 0, 0);
        }

        IsEnded = true;
        _timeline.Ended();
        foreach (VirtualWaker waker in _joining) waker.Wake();
    }

    /// <summary>Rethrows, on the thread that drives the timeline, what an activity let escape.</summary>
    private sealed class Escaped(string activity, Exception failure) : VirtualTimeline.IDue
    {
        public void Due(long token) =>
            throw new InvalidOperationException($"Activity {activity} failed: {failure.Message}", failure);
    }
}
