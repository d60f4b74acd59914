using Qmp.Machine.Time;

namespace Qmp.Migration.Tests;

/// <summary>Threads that wake each other.</summary>
[TestFixture]
internal sealed class WakerTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private static Waker Create() => new ThreadTimeline(TimeProvider.System, Serilog.Core.Logger.None).CreateWaker();

    [Test]
    public async Task Wake_ups_before_a_wait_are_kept_as_one()
    {
        Waker waker = Create();
        waker.Wake();
        waker.Wake();
        Assert.That(await waker.WaitAsync(TimeSpan.Zero), Is.True);
        Assert.That(await waker.WaitAsync(TimeSpan.Zero), Is.False);
    }

    [Test]
    public async Task A_wait_without_a_wake_up_ends_when_its_time_is_up()
    {
        Waker waker = Create();
        long start = TimeProvider.System.GetTimestamp();
        Assert.That(await waker.WaitAsync(TimeSpan.FromMilliseconds(20)), Is.False);
        Assert.That(TimeProvider.System.GetElapsedTime(start), Is.GreaterThanOrEqualTo(TimeSpan.FromMilliseconds(20)));
        waker.Wake();
        Assert.That(await waker.WaitAsync(), Is.True);
    }

    // Each waits until the other has answered: one that is lost stops both.
    [Test]
    public void None_is_lost([Values] bool isLimited)
    {
        const int Turns = 50_000;
        Waker first = Create(), second = Create();
        TimeSpan limit = isLimited ? Long : Timeout.InfiniteTimeSpan;
        int answers = 0;
        var thread = new Thread(() =>
        {
            for (int i = 0; i < Turns && second.WaitAsync(limit).Result; i++)
            {
                answers++;
                first.Wake();
            }
        });
        thread.Start();
        for (int i = 0; i < Turns; i++)
        {
            second.Wake();
            Assert.That(first.WaitAsync(Long).Result, Is.True);
        }

        thread.Join();
        Assert.That(answers, Is.EqualTo(Turns));
    }
}
