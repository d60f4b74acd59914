using System.Globalization;
using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.Interop.Kills;

/// <summary>What becomes of an end that was not killed.</summary>
/// <param name="Status">
/// The migration's, from <c>query-migrate</c> or, if it has exited or does not answer any more, from its last event.
/// </param>
/// <param name="RunState">Its guest's; <see langword="null"/> if it has exited or does not answer any more.</param>
/// <param name="Exit">Its exit status; <see langword="null"/> if it runs.</param>
/// <param name="Error">Its <c>error-desc</c>, without the folder of the run.</param>
internal sealed record KillOutcome(MigrationStatus Status, RunState? RunState, int? Exit, string? Error)
{
    /// <summary>How many columns of a table it takes.</summary>
    public const int Columns = 4;

    private const string Nothing = "-";

    /// <summary>Whether the migration has come to an end, or waits for another connection.</summary>
    public bool IsEnd => Status
        is MigrationStatus.Completed or MigrationStatus.Failed or MigrationStatus.Cancelled or MigrationStatus.PostcopyPaused;

    /// <summary>Whether it has exited, or can be asked what it does.</summary>
    public bool Answers => RunState is not null || Exit is not null;

    /// <summary>As columns of a table.</summary>
    public string[] ToColumns() =>
    [
        Status.ToWireName(),
        RunState?.ToWireName() ?? Nothing,
        Exit?.ToString(CultureInfo.InvariantCulture) ?? Nothing,
        Error ?? Nothing,
    ];

    /// <summary>From columns of a table.</summary>
    public static KillOutcome FromColumns(ReadOnlySpan<string> columns)
    {
        RunState? runState = null;
        if (columns[1] != Nothing)
        {
            runState = RunStateExtensions.TryParse(columns[1], out RunState state)
                ? state
                : throw new InteropException($"there is no run state {columns[1]}");
        }

        return new KillOutcome(
            MigrationStatusExtensions.TryParse(columns[0], out MigrationStatus status)
                ? status
                : throw new InteropException($"there is no status {columns[0]}"),
            runState,
            columns[2] == Nothing ? null : int.Parse(columns[2], CultureInfo.InvariantCulture),
            columns[3] == Nothing ? null : columns[3]);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", ToColumns());
}
