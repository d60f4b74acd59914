namespace Qmp.Cpu.Ports;

/// <summary>ACPI: switching it on, sleep and power off, at the ports to which a PC's firmware puts it.</summary>
public sealed class PowerManagement : IPortDevice
{
    private const ushort Command = 0xb2, Status = 0xb3;
    private const ushort Events = 0x600, Control = 0x604;
    private const uint Enable = 0xf1, Disable = 0xf0; // commands
    private const uint IsEnabled = 1, Sleep = 1 << 13; // of the control register
    private const int KindShift = 10;
    private const uint KindMask = 7, Off = 0, ToMemory = 1, ToDisk = 2;

    private byte _command;
    private byte _status;
    private ushort _enabledEvents;
    private ushort _control;

    /// <summary>Connects it to its ports.</summary>
    public void Connect(PortBus ports)
    {
        ArgumentNullException.ThrowIfNull(ports);
        ports.Add(this, Command, 2);
        ports.Add(this, Events, 6);
    }

    /// <inheritdoc/>
    public int WidthOf(ushort port) => port >= Events ? sizeof(ushort) : 1;

    /// <inheritdoc/>
    public uint Read(ushort port, int size) => port switch
    {
        Command => _command,
        Status => _status,
        Events + 2 => _enabledEvents,
        Control => _control,
        _ => 0,
    };

    /// <inheritdoc/>
    public MachineRequest Write(ushort port, int size, uint value)
    {
        switch (port)
        {
            case Command:
                _command = (byte)value;
                if (value == Enable) _control |= (ushort)IsEnabled;
                if (value == Disable) _control &= unchecked((ushort)~IsEnabled);
                break;

            case Status:
                _status = (byte)value;
                break;

            case Events + 2:
                _enabledEvents = (ushort)value;
                break;

            case Control:
                if ((value & Sleep) != 0) return RequestOf(value >> KindShift & KindMask);
                _control = (ushort)value;
                break;
        }

        return MachineRequest.None;
    }

    /// <inheritdoc/>
    public void Reset() => (_command, _status, _enabledEvents, _control) = (0, 0, 0, 0);

    private static MachineRequest RequestOf(uint kind) => kind switch
    {
        Off or ToDisk => MachineRequest.PowerOff,
        ToMemory => MachineRequest.Suspend,
        _ => MachineRequest.None,
    };
}
