namespace Qmp.Cpu.Ports;

/// <summary>A port by which a guest ends the emulator (<c>isa-debug-exit</c>).</summary>
public sealed class DebugExit : IPortDevice
{
    /// <summary>The exit status that the guest asked for last: twice its number and one.</summary>
    public int Status { get; private set; }

    /// <inheritdoc/>
    public int WidthOf(ushort port) => sizeof(uint);

    /// <inheritdoc/>
    public uint Read(ushort port, int size) => 0;

    /// <inheritdoc/>
    public MachineRequest Write(ushort port, int size, uint value)
    {
        Status = (int)(value << 1 | 1);
        return MachineRequest.Exit;
    }
}
