namespace Qmp.Testing.Conversations.Replay;

/// <summary>How a replay ended.</summary>
public enum ReplayOutcome
{
    /// <summary>The emulator said what was recorded.</summary>
    Passed,

    /// <summary>It said something else.</summary>
    Different,

    /// <summary>It could not be started, or did not open its monitors.</summary>
    NotStarted,
}
