namespace Qmp.Interop.Emulators;

/// <summary>Who migrates to whom.</summary>
internal sealed record Pair(EmulatorKind Source, EmulatorKind Destination)
{
    /// <summary>The pairs with at least one qmpd.</summary>
    public static IReadOnlyList<Pair> WithQmpd { get; } =
    [
        new(EmulatorKind.Qemu, EmulatorKind.Qmpd),
        new(EmulatorKind.Qmpd, EmulatorKind.Qemu),
        new(EmulatorKind.Qmpd, EmulatorKind.Qmpd),
    ];

    /// <summary>The pairs with at least one qmpd, and at least one end of release 11.1.</summary>
    public static IReadOnlyList<Pair> WithEleven { get; } =
    [
        Of(EmulatorKind.Qemu, QemuRelease.Eleven, EmulatorKind.Qmpd, QemuRelease.Eleven),
        Of(EmulatorKind.Qmpd, QemuRelease.Eleven, EmulatorKind.Qemu, QemuRelease.Eleven),
        Of(EmulatorKind.Qmpd, QemuRelease.Eleven, EmulatorKind.Qmpd, QemuRelease.Eleven),
        Of(EmulatorKind.Qemu, QemuRelease.Ten, EmulatorKind.Qmpd, QemuRelease.Eleven),
        Of(EmulatorKind.Qmpd, QemuRelease.Ten, EmulatorKind.Qemu, QemuRelease.Eleven),
        Of(EmulatorKind.Qmpd, QemuRelease.Eleven, EmulatorKind.Qemu, QemuRelease.Ten),
        Of(EmulatorKind.Qemu, QemuRelease.Eleven, EmulatorKind.Qmpd, QemuRelease.Ten),
    ];

    /// <summary>All four.</summary>
    public static IReadOnlyList<Pair> All { get; } = [new(EmulatorKind.Qemu, EmulatorKind.Qemu), .. WithQmpd];

    /// <summary>The release of the source.</summary>
    public QemuRelease SourceRelease { get; init; }

    /// <summary>The release of the destination.</summary>
    public QemuRelease DestinationRelease { get; init; }

    /// <summary>What keeps it from being run here; <see langword="null"/> if nothing does.</summary>
    public string? Problem =>
        EmulatorPrograms.ProblemOf(Source, SourceRelease) ?? EmulatorPrograms.ProblemOf(Destination, DestinationRelease);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Source}{Text(SourceRelease)} to {Destination}{Text(DestinationRelease)}".ToLowerInvariant();

    private static Pair Of(
        EmulatorKind source, QemuRelease sourceRelease, EmulatorKind destination, QemuRelease destinationRelease) =>
        new(source, destination) { SourceRelease = sourceRelease, DestinationRelease = destinationRelease };

    // Everything but a few tests is about 10.0.
    private static string Text(QemuRelease release) => release == QemuRelease.Eleven ? " 11.1" : "";
}
