using Qmp.Api;
using Qmp.Protocol.Json;
using Qmp.Protocol.Visitors;

namespace Qmp.Emulator.Versions;

/// <summary>
/// A release of QEMU that the emulator can play: all that differs from release to release and is not in the schema. Each
/// is a file of this folder.
/// </summary>
public sealed partial record QemuVersion
{
    private const string SimulationSwitch = "X_SIM";

    private QemuVersion()
    {
    }

    /// <summary>What it is called on the command line, such as <c>10.0</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The release whose behaviour it is: three numbers.</summary>
    public required Version Release { get; init; }

    /// <summary>The symbols of the schema that say what came with it, and with those before it.</summary>
    public required IReadOnlyList<string> Symbols { get; init; }

    /// <summary>The JSON that its monitors read.</summary>
    internal JsonDialect Json { get; init; } = JsonDialect.Qemu10;

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
