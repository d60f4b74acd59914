using Qmp.Types;

namespace Qmp.Simulation;

/// <summary>How things stood at a moment of a scenario.</summary>
public sealed record ScenarioSample
{
    /// <summary>When, in milliseconds from the beginning of the migration.</summary>
    public required double Milliseconds { get; init; }

    /// <summary>The status of the source's migration.</summary>
    public required MigrationStatus Status { get; init; }

    /// <summary>Whether the guest runs at the source.</summary>
    public required bool SourceRuns { get; init; }

    /// <summary>Whether the guest runs at the destination.</summary>
    public required bool DestinationRuns { get; init; }

    /// <summary>Whether the source waits for nothing but the destination's ack.</summary>
    public required bool WaitsForAck { get; init; }

    /// <summary>Bytes that have gone from the source to the destination.</summary>
    public required long Forward { get; init; }

    /// <summary>Bytes that have gone from the destination to the source.</summary>
    public required long Backward { get; init; }

    /// <summary>Bytes of memory that are left to send.</summary>
    public required long Remaining { get; init; }

    /// <summary>Bytes of pages that the guest's workload has written, those written again included.</summary>
    public required ulong Dirtied { get; init; }

    /// <summary>Accesses that have found their page missing at the destination in postcopy, so far.</summary>
    public required long Faults { get; init; }

    /// <summary>Accesses that wait for their page.</summary>
    public required int Waiting { get; init; }

    /// <summary>Pages that the source was asked for, so far.</summary>
    public required long Requests { get; init; }

    /// <summary>The median of the waits for a page that ended since the sample before; zero if none did.</summary>
    public required TimeSpan MedianLatency { get; init; }

    /// <summary>The longest of these waits.</summary>
    public required TimeSpan LongestLatency { get; init; }

    /// <summary>Percent of the source's guest's time that is taken away.</summary>
    public required int Throttle { get; init; }
}
