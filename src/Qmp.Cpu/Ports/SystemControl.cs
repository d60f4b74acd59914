namespace Qmp.Cpu.Ports;

/// <summary>What a PC's chips do to the whole machine: the twenty-first line of addresses, and resets.</summary>
/// <param name="setLine20">Switches the line.</param>
public sealed class SystemControl(Action<bool> setLine20) : IPortDevice
{
    private const ushort Fast = 0x92, KeyboardData = 0x60, KeyboardCommand = 0x64, ResetControl = 0xcf9;
    private const uint ResetNow = 1, Line20 = 2; // of the first port, and of the keyboard controller's output but for the sense of the first
    private const uint KeyboardReady = 0x1c;
    private const byte WriteOutput = 0xd1, PulseMask = 0xf1, Pulse = 0xf0;
    private const uint FullReset = 4;

    private byte _fast = (byte)Line20;
    private byte _kind;
    private bool _awaitsOutput;

    /// <summary>Connects it to its ports.</summary>
    public void Connect(PortBus ports)
    {
        ArgumentNullException.ThrowIfNull(ports);
        foreach (ushort port in (ushort[])[Fast, KeyboardData, KeyboardCommand, ResetControl]) ports.Add(this, port);
    }

    /// <inheritdoc/>
    public uint Read(ushort port, int size) => port switch
    {
        Fast => _fast,
        KeyboardCommand => KeyboardReady,
        ResetControl => _kind,
        _ => 0,
    };

    /// <inheritdoc/>
    public MachineRequest Write(ushort port, int size, uint value)
    {
        switch (port)
        {
            case Fast:
                if ((value & ResetNow) != 0 && (_fast & ResetNow) == 0) return MachineRequest.Reset;
                _fast = (byte)value;
                setLine20((value & Line20) != 0);
                break;

            // Bit 0 of a pulse is the processor's reset.
            case KeyboardCommand:
                _awaitsOutput = (byte)value == WriteOutput;
                if (((byte)value & PulseMask) == Pulse) return MachineRequest.Reset;
                break;

            case KeyboardData when _awaitsOutput:
                if ((value & 1) == 0) return MachineRequest.Reset;
                _awaitsOutput = false;
                setLine20((value & Line20) != 0);
                break;

            case ResetControl:
                if ((value & FullReset) != 0) return MachineRequest.Reset;
                _kind = (byte)(value & 2);
                break;
        }

        return MachineRequest.None;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _fast = (byte)Line20;
        _kind = 0;
        _awaitsOutput = false;
    }
}
