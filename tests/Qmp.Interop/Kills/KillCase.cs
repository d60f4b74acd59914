namespace Qmp.Interop.Kills;

/// <summary>Who is killed, and when.</summary>
/// <param name="Point">When.</param>
/// <param name="Victim">Who.</param>
/// <param name="ExitsOnError">Whether a destination exits when its load has failed, as it does by default.</param>
/// <param name="Kind">Of what kind of migration.</param>
internal sealed record KillCase(KillPoint Point, KillVictim Victim, bool ExitsOnError, KillKind Kind)
{
    private static readonly KillPoint[] OfPostcopy =
    [
        KillPoint.Active, KillPoint.Package, KillPoint.Postcopy, KillPoint.Recovery, KillPoint.BeforeShut, KillPoint.AfterShut,
    ];

    private static readonly KillPoint[] OfMultifd = [KillPoint.Arrival, KillPoint.Greeting, KillPoint.Barrier];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<KillCase> All { get; } = [.. Enum.GetValues<KillKind>().SelectMany(Of)];

    /// <summary>Those of one kind.</summary>
    public static IEnumerable<KillCase> Of(KillKind kind) =>
        from victim in Enum.GetValues<KillVictim>()
        where kind == KillKind.Multifd || victim != KillVictim.Channel
        from point in Enum.GetValues<KillPoint>()
        where Has(kind, point)
        where victim != KillVictim.Channel || point is not (KillPoint.Listen or KillPoint.Connect)
        from exits in victim == KillVictim.Destination ? (bool[])[true] : [true, false]
        select new KillCase(point, victim, exits, kind);

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
        return $"{what} at {Point}{(Kind == KillKind.Plain ? "" : $", {Kind}")}{(ExitsOnError ? "" : ", exit-on-error off")}".ToLowerInvariant();
    }

    private static bool Has(KillKind kind, KillPoint point) => kind switch
    {
        KillKind.Postcopy => OfPostcopy.Contains(point),
        KillKind.Multifd => !IsOfPostcopy(point),
        _ => !IsOfPostcopy(point) && !OfMultifd.Contains(point),
    };

    private static bool IsOfPostcopy(KillPoint point) => point is KillPoint.Package or KillPoint.Postcopy or KillPoint.Recovery;
}
