namespace Qmp.Conversations.Replay;

/// <summary>How a conversation is replayed and compared.</summary>
public sealed record ReplayOptions
{
    /// <summary>Times the waits.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>
    /// Whether every byte counts: the order of members, separators, escapes, the form of numbers, line ends.
    /// </summary>
    public bool CompareBytes { get; init; }

    /// <summary>Limit of a whole conversation.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How long an expected message, end of connection or exit may take.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a query is asked again until the recorded answer comes.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest silence that stands for a recorded pause.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>How long a monitor is watched that must stay silent.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long the end is watched for messages that must not come.</summary>
    public TimeSpan Tail { get; init; } = TimeSpan.FromMilliseconds(30);

    /// <summary>How long an emulator may take to open its monitors.</summary>
    public TimeSpan StartWait { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Where run folders are made. Its path must be short: Unix sockets are in it.</summary>
    public string TemporaryFolder { get; init; } = Path.GetTempPath();
}
