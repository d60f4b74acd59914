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

    /// <summary>Reads bytes, as many at a time as the devices behind them take. Behind the last port they are zero.</summary>
    /// <param name="port">The first one's port.</param>
    /// <param name="size">How many: 1, 2 or 4.</param>
    /// <param name="value">The bytes, the lowest first.</param>
    /// <returns>Whether they can be read; not where a PC has a device that is not here.</returns>
    public bool TryRead(ushort port, int size, out uint value)
    {
        value = 0;
        int width;
        for (int done = 0; done < size && port + done <= ushort.MaxValue; done += width)
        {
            var at = (ushort)(port + done);
            if (_devices.TryGetValue(at, out IPortDevice? device))
            {
                width = Math.Min(device.WidthOf(at), size - done);
                value |= (device.Read(at, width) & MaskOf(width)) << (8 * done);
                continue;
            }

            if (IsMissing(at)) return false;
            width = 1;
            value |= MaskOf(width) << (8 * done);
        }

        return true;
    }

    /// <summary>Writes bytes, as many at a time as the devices behind them take. Those behind a request are not written.</summary>
    /// <param name="port">The first one's port.</param>
    /// <param name="size">How many: 1, 2 or 4.</param>
    /// <param name="value">The bytes, the lowest first.</param>
    /// <param name="request">What the machine is to do, for the caller to see to.</param>
    /// <returns>Whether they can be written; not where a PC has a device that is not here.</returns>
    public bool TryWrite(ushort port, int size, uint value, out MachineRequest request)
    {
        request = MachineRequest.None;
        int width;
        for (int done = 0; done < size && port + done <= ushort.MaxValue && request == MachineRequest.None; done += width)
        {
            var at = (ushort)(port + done);
            width = 1;
            if (_devices.TryGetValue(at, out IPortDevice? device))
            {
                width = Math.Min(device.WidthOf(at), size - done);
                request = device.Write(at, width, (value >> (8 * done)) & MaskOf(width));
            }
            else if (IsMissing(at))
            {
                return false;
            }
        }

        return true;
    }

    internal uint Read(ushort port, int size) => TryRead(port, size, out uint value) ? value : throw NotHere(port);

    internal MachineRequest Write(ushort port, int size, uint value) =>
        TryWrite(port, size, value, out MachineRequest request) ? request : throw NotHere(port);

    private static uint MaskOf(int size) => uint.MaxValue >> (32 - (8 * size));

    private static bool IsMissing(ushort port) => Array.Exists(Missing, m => port >= m.First && port <= m.Last);

    private static UnsupportedException NotHere(ushort port) => new($"port 0x{port:x}, whose device is not here");
}
