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

    /// <summary>All four.</summary>
    public static IReadOnlyList<Pair> All { get; } = [new(EmulatorKind.Qemu, EmulatorKind.Qemu), .. WithQmpd];

    /// <summary>Whether there is a QEMU in it.</summary>
    public bool NeedsQemu => Source == EmulatorKind.Qemu || Destination == EmulatorKind.Qemu;

    /// <inheritdoc/>
    public override string ToString() => $"{Source} to {Destination}".ToLowerInvariant();
}
