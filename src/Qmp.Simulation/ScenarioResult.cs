using Qmp.Types;

namespace Qmp.Simulation;

/// <summary>How a scenario went.</summary>
public sealed record ScenarioResult
{
    /// <summary>What happened, in order.</summary>
    public required IReadOnlyList<ScenarioMessage> Messages { get; init; }

    /// <summary>The passes over memory, with capability <c>events</c>.</summary>
    public required IReadOnlyList<ScenarioPass> Passes { get; init; }

    /// <summary>What <c>query-migrate</c> said at the sources of the neighbours in the end.</summary>
    public required IReadOnlyList<MigrationInfo> Neighbours { get; init; }

    /// <summary>Whether it was ended because its passes led nowhere.</summary>
    public required bool IsGivenUp { get; init; }

    /// <summary>How things stood, every 10 ms or as the scenario says.</summary>
    public required IReadOnlyList<ScenarioSample> Samples { get; init; }

    /// <summary>The statuses of the source's migration in order, with the times at which they began and ended.</summary>
    public required IReadOnlyList<ScenarioStatus> Statuses { get; init; }

    /// <summary>What postcopy came to, in numbers; <see langword="null"/> if the guest never went before its memory.</summary>
    public required ScenarioPostcopy? Postcopy { get; init; }

    /// <summary>What <c>query-migrate</c> said at the source in the end.</summary>
    public required MigrationInfo Source { get; init; }

    /// <summary>What <c>query-migrate</c> said at the destination in the end.</summary>
    public required MigrationInfo Destination { get; init; }

    /// <summary>
    /// What is wrong with the guest's memory where the guest is; <see langword="null"/> if nothing is. What the guest
    /// wrote is checked by its pattern, all else by comparison.
    /// </summary>
    public required string? Damage { get; init; }

    /// <summary>Whether the migration ended as the scenario expects.</summary>
    public required bool IsAsExpected { get; init; }

    /// <summary>The first command that was refused, and why; <see langword="null"/> if none was.</summary>
    public required string? Refusal { get; init; }

    /// <summary>Whether all went as the file says.</summary>
    public bool HasSucceeded => IsAsExpected && Damage is null && Refusal is null;

    /// <summary>How it ended, for people.</summary>
    public string Ending
    {
        get
        {
            string status = (Source.Status ?? MigrationStatus.None).ToWireName();
            return Refusal
                ?? (!IsAsExpected ? $"the migration is {status}, which the scenario does not expect"
                    : Damage is not null ? "the guest's memory is damaged"
                    : $"as it should: {status}");
        }
    }
}
