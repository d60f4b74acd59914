namespace Qmp.Conversations.Replay;

/// <summary>What came of a replay.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Detail">
/// The first difference, as <c>step N: VM/MONITOR: PATH: expected X, got Y</c>, or why it did not start; else empty.
/// </param>
/// <param name="Transcript">What was sent, received and done, a line each, then what the emulators printed.</param>
public sealed record ReplayResult(ReplayOutcome Outcome, string Detail, IReadOnlyList<string> Transcript)
{
    /// <summary>Whether nothing differed.</summary>
    public bool Passed => Outcome == ReplayOutcome.Passed;
}

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
