namespace Qmp.Cpu.Ports;

/// <summary>A device that a guest reaches by ports.</summary>
public interface IPortDevice
{
    /// <summary>How many bytes it takes at once; more of them are read and written one after the other.</summary>
    /// <param name="port">The number of a port of its.</param>
    int WidthOf(ushort port) => 1;

    /// <summary>Reads a port.</summary>
    /// <param name="port">Its number.</param>
    /// <param name="size">How many bytes, at most its width.</param>
    uint Read(ushort port, int size);

    /// <summary>Writes to a port.</summary>
    /// <param name="port">Its number.</param>
    /// <param name="size">How many bytes, at most its width.</param>
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
