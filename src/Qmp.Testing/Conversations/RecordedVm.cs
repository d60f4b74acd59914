namespace Qmp.Testing.Conversations;

/// <summary>An emulator of a conversation.</summary>
/// <param name="Role">Its name, such as <c>vm</c>, <c>src</c> or <c>dst</c>.</param>
/// <param name="Arguments">Its command line, without the program.</param>
public sealed record RecordedVm(string Role, IReadOnlyList<string> Arguments)
{
    /// <summary>What it printed when it was recorded; not compared.</summary>
    public string? StandardError { get; init; }

    /// <summary>How it ended when it was recorded, below 0 by a signal; not compared.</summary>
    public int? ExitStatus { get; init; }
}
