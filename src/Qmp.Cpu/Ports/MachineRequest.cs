namespace Qmp.Cpu.Ports;

/// <summary>What a guest asks the machine for, by a port.</summary>
public enum MachineRequest
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A reset.</summary>
    Reset,

    /// <summary>To be switched off.</summary>
    PowerOff,

    /// <summary>To be suspended to memory.</summary>
    Suspend,

    /// <summary>To end the emulator, with a status of the guest's.</summary>
    Exit,
}
