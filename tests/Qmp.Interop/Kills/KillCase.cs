namespace Qmp.Interop.Kills;

/// <summary>Who is killed, and when.</summary>
/// <param name="Point">When.</param>
/// <param name="Victim">Who.</param>
/// <param name="ExitsOnError">Whether a destination exits when its load has failed, as it does by default.</param>
internal sealed record KillCase(KillPoint Point, MigrationEnd Victim, bool ExitsOnError)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<KillCase> All { get; } =
    [
        .. from victim in Enum.GetValues<MigrationEnd>()
           from point in Enum.GetValues<KillPoint>()
           from exits in victim == MigrationEnd.Source ? (bool[])[true, false] : [true]
           select new KillCase(point, victim, exits),
    ];

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Victim} killed at {Point}{(ExitsOnError ? "" : ", exit-on-error off")}".ToLowerInvariant();
}
