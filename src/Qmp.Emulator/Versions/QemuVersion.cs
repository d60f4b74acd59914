using Qmp.Api;
using Qmp.Emulator.Recorded;
using Qmp.Migration.Rules;
using Qmp.Protocol.Json;
using Qmp.Protocol.Visitors;
using Qmp.Types;

namespace Qmp.Emulator.Versions;

/// <summary>
/// A release of QEMU that the emulator can play: all that differs from release to release and is not in the schema. Each
/// is a file of this folder.
/// </summary>
public sealed partial record QemuVersion
{
    private const string SimulationSwitch = "X_SIM";

    private RecordedCatalogue? _recorded;

    private QemuVersion()
    {
    }

    /// <summary>What it is called on the command line, such as <c>10.0</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The release whose behaviour it is: three numbers.</summary>
    public required Version Release { get; init; }

    /// <summary>The symbols of the schema that say what came with it, and with those before it.</summary>
    public required IReadOnlyList<string> Symbols { get; init; }

    /// <summary>What it does its own way in a migration.</summary>
    public MigrationRules Migration { get; init; } = MigrationRules.Default;

    /// <summary>The JSON that its monitors read.</summary>
    internal JsonDialect Json { get; init; } = JsonDialect.Qemu10;

    /// <summary>The releases whose machine types it has, the oldest first; its own is the last.</summary>
    internal IReadOnlyList<string> MachineReleases { get; private init; } = [];

    /// <summary>The newest of those whose machine types go in a later release.</summary>
    internal string LastDeprecatedMachineRelease { get; private init; } = "";

    /// <summary>Further releases, whose machine types only the newer chipset has, and which go.</summary>
    internal IReadOnlyList<string> MachineReleasesOfQ35 { get; init; } = [];

    /// <summary>The machine types that have no release, as the last lines of <c>-machine help</c> show them.</summary>
    internal IReadOnlyList<(string Name, string Text)> MachinesWithoutRelease { get; private init; } = [];

    /// <summary>The kinds of character devices that are here, in the order in which QEMU lists them.</summary>
    internal IReadOnlyList<ChardevBackendKind> Chardevs { get; private init; } = [];

    /// <summary>The kinds of network backends that are here, in the order in which QEMU lists them.</summary>
    internal IReadOnlyList<NetClientDriver> Netdevs { get; private init; } = [];

    /// <summary>What the root of the object tree has beside <c>chardevs</c>, behind it.</summary>
    internal IReadOnlyList<string> FurtherContainers { get; init; } = [];

    /// <summary>Whether monitors are objects, which clients make and remove.</summary>
    internal bool MonitorsAreObjects { get; init; }

    /// <summary>Whether clients may not read guest memory as long as it comes.</summary>
    internal bool GuardsIncomingMemory { get; init; }

    /// <summary>Whether <c>info migrate</c> has what belongs together in one line, and settings only with <c>-a</c>.</summary>
    internal bool GroupsMigrationText { get; init; }

    /// <summary>How threads for devices poll where nothing is said.</summary>
    internal IothreadDefaults Iothreads { get; init; } = new(0, 0, 0);

    /// <summary>What such a QEMU said of itself. Read when it is asked for.</summary>
    internal RecordedCatalogue Recorded => LazyInitializer.EnsureInitialized(ref _recorded, () => new RecordedCatalogue(Release));

    /// <summary>All of them, the oldest first.</summary>
    public static IReadOnlyList<QemuVersion> All => [Qemu10_0, Qemu11_1];

    /// <summary>The one that is played unless another one is asked for.</summary>
    public static QemuVersion Default => Qemu10_0;

    /// <summary>The version of that name, or <see langword="null"/>.</summary>
    public static QemuVersion? Find(string name) => All.FirstOrDefault(version => version.Name == name);

    /// <summary>What its schema is.</summary>
    /// <param name="withSimulation">Whether our own commands are in it.</param>
    public SchemaVariant Schema(bool withSimulation) =>
        QmpSchema.VariantOf(withSimulation ? [SimulationSwitch, .. Symbols] : [.. Symbols]);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
