using Qmp.Cpu.Ports;

namespace Qmp.Emulator.Chardevs;

/// <summary>The line between the guest's serial port and a character device, which may be exchanged.</summary>
internal sealed class SerialLine
{
    private volatile Action<byte> _send = _ => { };

    public SerialLine() => Port = new SerialPort(b => _send(b));

    /// <summary>The guest's end.</summary>
    public SerialPort Port { get; }

    /// <summary>Says where goes what the guest sends.</summary>
    public void Connect(Action<byte> send) => _send = send;

    /// <summary>Gives the guest bytes to read.</summary>
    public void Receive(ReadOnlySpan<byte> bytes) => Port.Receive(bytes);
}
