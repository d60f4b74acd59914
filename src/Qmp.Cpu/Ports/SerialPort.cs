namespace Qmp.Cpu.Ports;

/// <summary>A serial port that is always ready: what is sent is sent at once, at no rate. It raises no interrupts.</summary>
/// <param name="send">Takes what the guest sends.</param>
public sealed class SerialPort(Action<byte> send) : IPortDevice
{
    /// <summary>How many ports it has.</summary>
    public const int Count = 8;

    /// <summary>The first port of a PC's first one.</summary>
    public const ushort First = 0x3f8;

    private const int Data = 0, InterruptEnable = 1, Identification = 2, LineControl = 3, ModemControl = 4, LineStatus = 5, ModemStatus = 6, Scratch = 7;
    private const byte DivisorAccess = 0x80, Loop = 0x10;
    private const uint CanSend = 0x60, HasData = 1, NoInterrupt = 1, Fifos = 0xc0, Connected = 0xb0;
    private const int LongestInput = 4096;

    private readonly Lock _gate = new(); // guards _input
    private readonly Queue<byte> _input = new();
    private readonly byte[] _registers = new byte[Count];
    private ushort _divisor = 12;
    private bool _hasFifos;

    /// <summary>Gives the guest bytes to read; what it does not read in time is lost.</summary>
    public void Receive(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            foreach (byte b in bytes)
            {
                if (_input.Count < LongestInput) _input.Enqueue(b);
            }
        }
    }

    /// <inheritdoc/>
    public uint Read(ushort port, int size) => (port & 7) switch
    {
        Data when AccessesDivisor => (byte)_divisor,
        InterruptEnable when AccessesDivisor => (byte)(_divisor >> 8),
        Data => Take(),
        Identification => NoInterrupt | (_hasFifos ? Fifos : 0),
        LineStatus => CanSend | (HasInput ? HasData : 0),
        ModemStatus => Connected,
        var register => _registers[register],
    };

    /// <inheritdoc/>
    public MachineRequest Write(ushort port, int size, uint value)
    {
        int register = port & 7;
        byte number = (byte)value;
        switch (register)
        {
            case Data when AccessesDivisor:
                _divisor = (ushort)((_divisor & 0xff00) | number);
                break;

            case InterruptEnable when AccessesDivisor:
                _divisor = (ushort)((_divisor & 0xff) | number << 8);
                break;

            case Data when (_registers[ModemControl] & Loop) != 0:
                Receive([number]);
                break;

            case Data:
                send(number);
                break;

            case Identification:
                _hasFifos = (number & 1) != 0;
                break;

            case InterruptEnable or LineControl or ModemControl or Scratch:
                _registers[register] = number;
                break;
        }

        return MachineRequest.None;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        Array.Clear(_registers);
        _divisor = 12;
        _hasFifos = false;
    }

    private bool AccessesDivisor => (_registers[LineControl] & DivisorAccess) != 0;

    private bool HasInput
    {
        get
        {
            lock (_gate) return _input.Count > 0;
        }
    }

    private uint Take()
    {
        lock (_gate) return _input.TryDequeue(out byte b) ? b : 0u;
    }
}
