using Qmp.Cpu.Ports;

namespace Qmp.Cpu;

/// <summary>Why no more instructions are run for now.</summary>
internal enum StopKind
{
    /// <summary>There have been enough, or somebody asked for it.</summary>
    Quiet,

    /// <summary>A page is kept back.</summary>
    PageHeld,

    /// <summary>The guest asks the machine for something.</summary>
    Request,

    /// <summary>The guest does what the processor cannot.</summary>
    Unsupported,
}

/// <summary>Why no more instructions are run for now, with what belongs to it.</summary>
/// <param name="Kind">Why.</param>
internal readonly record struct Stop(StopKind Kind)
{
    /// <summary>The access that has to wait.</summary>
    public uint Address { get; init; }

    /// <summary>Its bytes.</summary>
    public int Length { get; init; }

    /// <summary>Whether it is a write.</summary>
    public bool Writes { get; init; }

    /// <summary>What the guest asks for.</summary>
    public MachineRequest Request { get; init; }

    /// <summary>The offset of the instruction behind the one that asked.</summary>
    public uint NextIp { get; init; }

    /// <summary>What the processor cannot do.</summary>
    public string Reason { get; init; } = "";

    public static Stop Of(StopKind kind) => new(kind);
}
