namespace Qmp.Emulator.Machines;

/// <summary>A kind of machine.</summary>
/// <param name="Name">Its full name, which the migration stream carries.</param>
/// <param name="RamId">The name of its RAM block.</param>
/// <param name="DefaultMemory">Bytes of memory without <c>-m</c>.</param>
internal sealed record MachineType(string Name, string RamId, ulong DefaultMemory)
{
    private static readonly MachineType[] All = [new("none", "ram", 0)];

    /// <summary>The machine type of that name, or <see langword="null"/>.</summary>
    public static MachineType? Find(string name) => Array.Find(All, m => m.Name == name);
}
