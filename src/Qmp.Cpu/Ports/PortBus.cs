using Qmp.Cpu.Faults;

namespace Qmp.Cpu.Ports;

/// <summary>The ports of a machine.</summary>
/// <remarks>
/// A port with nothing behind it reads as ones and drops what is written, as on a PC. One where a PC has a device that is not here
/// stops the guest: it would wait in vain.
/// </remarks>
public sealed class PortBus
{
    // Of QEMU's PCs: DMA, interrupts, timer, clock, second interrupt controller, floating point, disks, display, floppy, PCI.
    private static readonly (ushort First, ushort Last)[] Missing =
    [
        (0x00, 0x0f), (0x20, 0x21), (0x40, 0x43), (0x61, 0x61), (0x70, 0x71), (0x81, 0x8f), (0xa0, 0xa1), (0xc0, 0xdf), (0x170, 0x177), (0x1f0, 0x1f7),
        (0x2f8, 0x2ff), (0x376, 0x376), (0x3b0, 0x3df), (0x3f0, 0x3f7), (0xcf8, 0xcfb), (0xcfc, 0xcff),
    ];

    private readonly Dictionary<ushort, IPortDevice> _devices = [];

    /// <summary>Connects a device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="first">Its first port.</param>
    /// <param name="count">How many it has.</param>
    public void Add(IPortDevice device, ushort first, int count = 1)
    {
        for (int i = 0; i < count; i++) _devices[(ushort)(first + i)] = device;
    }

    /// <summary>Resets the devices.</summary>
    public void Reset()
    {
        foreach (IPortDevice device in _devices.Values.Distinct()) device.Reset();
    }

    internal uint Read(ushort port, int size)
    {
        if (_devices.TryGetValue(port, out IPortDevice? device)) return device.Read(port, size);
        Check(port);
        return uint.MaxValue;
    }

    internal MachineRequest Write(ushort port, int size, uint value)
    {
        if (_devices.TryGetValue(port, out IPortDevice? device)) return device.Write(port, size, value);
        Check(port);
        return MachineRequest.None;
    }

    private static void Check(ushort port)
    {
        if (Array.Exists(Missing, m => port >= m.First && port <= m.Last)) throw new UnsupportedException($"port 0x{port:x}, whose device is not here");
    }
}
