using Qmp.Machine.Time;
using Qmp.Testing.Time;

namespace Qmp.Testing;

/// <summary>
/// A clock that jumps to whatever is due next, with machines, network and the code under test on it: a policy of ten
/// minutes is tested in milliseconds, and takes the same course each time.
/// </summary>
/// <remarks>
/// <para>All of it shares one thread. Code under test therefore takes its time from <see cref="Clock"/>
/// (<c>Task.Delay(delay, clock)</c>, <c>new CancellationTokenSource(delay, clock)</c>), awaits without
/// <c>ConfigureAwait(false)</c>, and neither blocks nor starts threads. <c>SemaphoreSlim</c>, channels, <c>Task.Yield</c>,
/// <c>Task.WhenAll</c> and <c>Progress</c> are as usual.</para>
/// <para>What leaves the thread ends the run with a <see cref="VirtualTimeException"/> that says where; so does code that
/// waits for what never comes. What reads the system's clock (<c>DateTime.UtcNow</c>) is not noticed.</para>
/// </remarks>
public sealed class VirtualTime
{
    private readonly VirtualContext _context;

    private VirtualTime(VirtualContext context)
    {
        _context = context;
        Network = new TestNetwork(this);
        Machines = new TestVmOptions { Time = this, Network = Network };
    }

    /// <summary>The time of everything here; it begins at 2020-01-01 00:00 UTC.</summary>
    public TimeProvider Clock => Timeline.Clock;

    /// <summary>How much time has passed.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(_context.Timeline.Elapsed / 100);

    /// <summary>A network for the migrations of <see cref="Machines"/>.</summary>
    public TestNetwork Network { get; }

    /// <summary>What machines that live in this time are started with; change copies by <c>with</c>.</summary>
    public TestVmOptions Machines { get; }

    internal Timeline Timeline => _context.Timeline;

    internal bool IsCurrent => SynchronizationContext.Current == _context;

    /// <summary>Runs a test in virtual time, on a thread of its own.</summary>
    /// <param name="test">The test; it ends the run.</param>
    /// <param name="options">How long it may take.</param>
    /// <returns>Ends as the test does, with its exception if it throws one.</returns>
    /// <exception cref="VirtualTimeException">The code under test has left virtual time, or cannot go on.</exception>
    public static async Task RunAsync(Func<VirtualTime, Task> test, VirtualTimeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(test);
        options ??= new VirtualTimeOptions();
        var context = new VirtualContext(options.Limit);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                context.Drive(() => test(new VirtualTime(context)));
                ended.TrySetResult();
            }
            catch (Exception e)
            {
                ended.TrySetException(e);
            }
        })
        {
            IsBackground = true,
            Name = "virtual time",
        };
        // Of what is around the caller nothing comes along.
        thread.UnsafeStart();
        await WatchAsync(context, ended.Task, options.Patience).ConfigureAwait(false);
    }

    /// <summary>Gives up a run in which time stands still for too long.</summary>
    private static async Task WatchAsync(VirtualContext context, Task run, TimeSpan patience)
    {
        while (true)
        {
            long before = context.Progress;
            try
            {
                await run.WaitAsync(patience, TestVmOptions.SystemClock).ConfigureAwait(false);
                return;
            }
            catch (TimeoutException) when (!run.IsCompleted)
            {
                if (context.Progress == before) throw VirtualTimeException.Stuck(patience);
            }
        }
    }
}
