namespace Qmp.Interop.Kills;

/// <summary>Who is killed, and when.</summary>
/// <param name="Point">When.</param>
/// <param name="Victim">Who.</param>
/// <param name="ExitsOnError">Whether a destination exits when its load has failed, as it does by default.</param>
/// <param name="IsMultifd">Whether pages go over channels of their own.</param>
internal sealed record KillCase(KillPoint Point, KillVictim Victim, bool ExitsOnError, bool IsMultifd)
{
    /// <summary>Those of migrations over one connection.</summary>
    public static IReadOnlyList<KillCase> Plain { get; } = [.. Create(isMultifd: false)];

    /// <summary>Those of migrations with multifd.</summary>
    public static IReadOnlyList<KillCase> Multifd { get; } = [.. Create(isMultifd: true)];

    /// <summary>Whose fate is of interest.</summary>
    public IReadOnlyList<MigrationEnd> Survivors => Victim switch
    {
        KillVictim.Source => [MigrationEnd.Destination],
        KillVictim.Destination => [MigrationEnd.Source],
        _ => [MigrationEnd.Source, MigrationEnd.Destination],
    };

    /// <inheritdoc/>
    public override string ToString()
    {
        string what = Victim == KillVictim.Channel ? "channel cut" : $"{Victim} killed";
        return $"{what} at {Point}{(IsMultifd ? ", multifd" : "")}{(ExitsOnError ? "" : ", exit-on-error off")}".ToLowerInvariant();
    }

    private static IEnumerable<KillCase> Create(bool isMultifd) =>
        from victim in Enum.GetValues<KillVictim>()
        where isMultifd || victim != KillVictim.Channel
        from point in Enum.GetValues<KillPoint>()
        where isMultifd || point is not (KillPoint.Arrival or KillPoint.Greeting or KillPoint.Barrier)
        where victim != KillVictim.Channel || point is not (KillPoint.Listen or KillPoint.Connect)
        from exits in victim == KillVictim.Destination ? (bool[])[true] : [true, false]
        select new KillCase(point, victim, exits, isMultifd);
}
