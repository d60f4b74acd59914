namespace Qmp.Testing.Conversations.Steps;

/// <summary>One thing that happens.</summary>
public abstract record ConversationStep
{
    /// <summary>The name of a monitor that none is given for.</summary>
    public const string DefaultMonitor = "qmp";

    /// <summary>The role of the emulator that it happens to.</summary>
    public required string Vm { get; init; }

    /// <summary>The connection that it happens on. Its socket is <c>@RUN@/VM-MONITOR.sock</c>.</summary>
    public string Monitor { get; init; } = DefaultMonitor;

    /// <summary>How long the recording paused before it; zero if it did not.</summary>
    public TimeSpan Gap { get; init; }
}
