namespace Qmp.Cpu.Registers;

/// <summary>The register of a descriptor table.</summary>
/// <param name="Base">Where the table begins.</param>
/// <param name="Limit">The last offset in it.</param>
public readonly record struct DescriptorTable(uint Base, uint Limit);
