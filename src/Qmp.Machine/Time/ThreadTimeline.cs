using Serilog;

namespace Qmp.Machine.Time;

/// <summary>Real time: one thread for each activity, and blocking waits.</summary>
public sealed class ThreadTimeline : Timeline
{
    private readonly ILogger _logger;

    /// <summary>A timeline on a real clock.</summary>
    /// <param name="clock">The system's clock, handed in by the program.</param>
    /// <param name="logger">Gets the failures that an activity let escape.</param>
    public ThreadTimeline(TimeProvider clock, ILogger logger)
    {
        Clock = clock;
        _logger = logger;
    }

    /// <inheritdoc/>
    public override TimeProvider Clock { get; }

    /// <inheritdoc/>
    public override Activity Start(string name, Func<ValueTask> body) => new ThreadActivity(name, body, _logger);

    /// <inheritdoc/>
    public override Waker CreateWaker() => new ThreadWaker(Clock);
}
