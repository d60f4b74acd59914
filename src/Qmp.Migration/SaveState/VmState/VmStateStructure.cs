namespace Qmp.Migration.SaveState.VmState;

/// <summary>What a field that is a structure consists of.</summary>
/// <param name="Name">The name of its description.</param>
/// <param name="Version">The version of its description.</param>
/// <param name="Fields">Its fields.</param>
internal sealed record VmStateStructure(string Name, int Version, IReadOnlyList<VmStateField> Fields);
