using System.Diagnostics;
using Qmp.Machine.Time;
using Qmp.Protocol.Threading;

namespace Qmp.Testing.Time;

/// <summary>Runs everything of a virtual time on one thread, and notices what does not keep to it.</summary>
internal sealed class VirtualContext(TimeSpan limit) : OrderedContext
{
    /// <summary>How long something from outside is waited for when nothing is due, so that it can be named.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    // Travels with the code under test, wherever it continues, and tells of every thread that it comes to.
    private static readonly AsyncLocal<VirtualContext?> Travelling = new(Arrived);

    private readonly ManualResetEventSlim _broken = new();
    private Thread? _thread;
    private Func<Exception?, VirtualTimeException>? _breach; // the first one; set once
    private volatile bool _ended;
    private long _progress;

    public VirtualTimeline Timeline { get; } = new();

    /// <summary>Changes whenever time passes.</summary>
    public long Progress => Volatile.Read(ref _progress);

    /// <summary>Runs the test to its end, and all that it starts meanwhile.</summary>
    public void Drive(Func<Task> test)
    {
        _thread = Thread.CurrentThread;
        SetSynchronizationContext(this);
        Travelling.Value = this;
        try
        {
            Task running = test();
            while (!running.IsCompleted) Advance();
            if (_breach is { } breach) throw breach(running.Exception?.InnerException);
            running.GetAwaiter().GetResult();
        }
        finally
        {
            _ended = true;
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Thread.CurrentThread == _thread) Timeline.Clock.CreateTimer(d.Invoke, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        else Break(VirtualTimeException.Intruded);
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (Thread.CurrentThread == _thread) d(state);
        else Break(VirtualTimeException.Intruded);
    }

    public override SynchronizationContext CreateCopy() => this;

    private static void Arrived(AsyncLocalValueChangedArgs<VirtualContext?> change)
    {
        if (change is { ThreadContextChanged: true, CurrentValue: { _ended: false } context }
            && Thread.CurrentThread != context._thread)
        {
            context.Break(VirtualTimeException.Escaped);
        }
    }

    private void Advance()
    {
        if (_breach is { } breach) throw breach(null);
        bool isOverrun = Timeline.Elapsed > limit.Ticks * 100;
        if (!isOverrun && Timeline.RunNext())
        {
            Volatile.Write(ref _progress, Timeline.Elapsed);
            return;
        }

        // Virtual time may have run away from code that waits for something in real time.
        if (_broken.Wait(Grace)) return;
        throw isOverrun ? VirtualTimeException.Overrun(limit) : VirtualTimeException.Idle(TimeSpan.FromTicks(Timeline.Elapsed / 100));
    }

    private void Break(Func<string, Exception?, VirtualTimeException> kind)
    {
        if (_ended) return;
        string where = new StackTrace(1).ToString();
        Interlocked.CompareExchange(ref _breach, inner => kind(where, inner), null);
        _broken.Set();
    }
}
