namespace Qmp.Cpu.Ports;

/// <summary>A device that a guest reaches by ports.</summary>
public interface IPortDevice
{
    /// <summary>Reads a port.</summary>
    /// <param name="port">Its number.</param>
    /// <param name="size">How many bytes.</param>
    uint Read(ushort port, int size);

    /// <summary>Writes to a port.</summary>
    /// <param name="port">Its number.</param>
    /// <param name="size">How many bytes.</param>
    /// <param name="value">The bytes, the lowest first.</param>
    /// <returns>
    /// What the machine is to do. It is done between two instructions; should the machine be stopped before, the guest writes once more.
    /// </returns>
    MachineRequest Write(ushort port, int size, uint value);

    /// <summary>The machine is reset.</summary>
    void Reset()
    {
    }
}
