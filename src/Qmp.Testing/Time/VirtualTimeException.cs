namespace Qmp.Testing;

/// <summary>A run in virtual time that cannot go on, or whose course would not be the same each time.</summary>
public sealed class VirtualTimeException : Exception
{
    private VirtualTimeException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    internal static VirtualTimeException Escaped(string where, Exception? inner) => new(
        "code under test runs on another thread: it awaits with ConfigureAwait(false), or uses Task.Run, a thread or a timer"
            + $" of the system. It began there:{Environment.NewLine}{where}",
        inner);

    internal static VirtualTimeException Intruded(string where, Exception? inner) => new(
        "code under test was waiting for something outside of virtual time: a delay without the clock, Task.Run, a real socket"
            + $" or file. It was completed there:{Environment.NewLine}{where}",
        inner);

    internal static VirtualTimeException Idle(TimeSpan elapsed) => new(
        $"after {elapsed} of virtual time nothing is due any more, but the test has not ended: it waits for what never comes, or"
            + " for something in real time");

    internal static VirtualTimeException Overrun(TimeSpan limit) => new($"the test has not ended after {limit} of virtual time");

    internal static VirtualTimeException Stuck(TimeSpan patience) => new(
        $"virtual time has stood still for {patience} of real time: code under test blocks the thread (Thread.Sleep, .Result, a"
            + " lock), or repeats itself without a delay");
}
