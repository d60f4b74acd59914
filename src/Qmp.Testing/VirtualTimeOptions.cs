namespace Qmp.Testing;

/// <summary>How long a run in virtual time may take.</summary>
public sealed record VirtualTimeOptions
{
    /// <summary>Virtual time after which a run that has not ended fails; a day.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Real time that may pass while virtual time stands still; 30 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);
}
