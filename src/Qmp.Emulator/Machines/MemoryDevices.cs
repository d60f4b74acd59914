using System.Globalization;
using Newtonsoft.Json.Linq;
using Qmp.Emulator.Devices;
using Qmp.Machine.Memory;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Machines;

/// <summary>The memory that is plugged in (<c>pc-dimm</c>): it is real, and migrates like the rest. Texts are QEMU's.</summary>
/// <remarks>Used with the machine's lock held.</remarks>
/// <param name="memory">The machine's memory.</param>
/// <param name="objects">The objects that users made.</param>
/// <param name="extra">How many slots there are, and how much memory there may be in all.</param>
/// <param name="own">Bytes of memory that the machine starts with.</param>
internal sealed class MemoryDevices(GuestMemory memory, UserObjects objects, (long Slots, ulong Most) extra, ulong own)
{
    private const ulong Alignment = 2 << 20;
    private const ulong LowEnd = 0xe0000000; // more than this goes above 4 GiB
    private const ulong LowPart = 0xc0000000;
    private const ulong HighStart = 4UL << 30;
    private const ulong StartAlignment = 1 << 30;

    private readonly List<(PluggedDevice Device, RamBlock Block, long Slot, ulong Address)> _plugged = [];

    /// <summary>Bytes that are plugged in.</summary>
    public ulong Total => (ulong)_plugged.Sum(p => (long)p.Block.Length);

    /// <summary>Bytes that are plugged in at a node.</summary>
    public ulong OfNode(long node) => (ulong)_plugged.Where(p => NodeOf(p.Device) == node).Sum(p => (long)p.Block.Length);

    private ulong Start => (HighStart + (own > LowEnd ? own - LowPart : 0) + StartAlignment - 1) & ~(StartAlignment - 1);

    /// <summary>Plugs memory in.</summary>
    /// <exception cref="CommandException">There is no place for it, or the object is in use.</exception>
    public void Plug(PluggedDevice device, IReadOnlyDictionary<string, JToken> values)
    {
        long slot = SlotOf(values.TryGetValue("slot", out JToken? number) ? (long)number : -1);
        string name = ((string)values["memdev"]!).Split('/')[^1];
        RamBlock block = objects.Unused(name) ?? throw new CommandException($"can't use already busy memdev: {name}");
        ulong space = extra.Most - own;
        if (block.Length > space - Total)
        {
            throw new CommandException(string.Create(
                CultureInfo.InvariantCulture, $"not enough space, currently 0x{Total:x} in use of total space for memory devices 0x{space:x}"));
        }

        ulong wanted = values.TryGetValue("addr", out JToken? place) ? (ulong)place : 0;
        if (wanted % Alignment != 0) throw new CommandException($"address must be aligned to 0x{Alignment:x} bytes");
        if (block.Length % Alignment != 0) throw new CommandException($"backend memory size must be multiple of 0x{Alignment:x}");
        ulong address = wanted == 0 ? Free(block.Length) : Checked(wanted, block.Length);
        objects.Take(name);
        memory.Map(block, address);
        _plugged.Add((device, block, slot, address));
        device.Node.Store("addr", address);
        device.Node.Store("slot", slot);
        device.Node.Store("size", block.Length);
    }

    /// <summary>Takes memory out, if the device is some.</summary>
    public void Unplug(PluggedDevice device)
    {
        int index = _plugged.FindIndex(p => p.Device.Node == device.Node);
        if (index < 0) return;
        RamBlock block = _plugged[index].Block;
        _plugged.RemoveAt(index);
        memory.Unmap(block);
        objects.GiveBack(block);
    }

    /// <summary>The memory, as <c>query-memory-devices</c> lists it.</summary>
    public IReadOnlyList<MemoryDeviceInfo> List() =>
    [
        .. _plugged.OrderBy(p => p.Address).Select(p => new MemoryDeviceInfo.Dimm
        {
            Value = new PCDIMMDeviceInfoWrapper
            {
                Data = new PCDIMMDeviceInfo
                {
                    Id = p.Device.Id,
                    Addr = (long)p.Address,
                    Size = (long)p.Block.Length,
                    Slot = p.Slot,
                    Node = NodeOf(p.Device),
                    Memdev = $"/objects/{p.Block.Id}",
                    Hotplugged = (bool)p.Device.Node.Property("hotplugged").Get(),
                    Hotpluggable = (bool)p.Device.Node.Property("hotpluggable").Get(),
                },
            },
        }),
    ];

    /// <summary>The slots, as <c>query-acpi-ospm-status</c> lists them.</summary>
    public IReadOnlyList<ACPIOSTInfo> Slots() =>
    [
        .. Enumerable.Range(0, (int)extra.Slots).Select(slot => new ACPIOSTInfo
        {
            Device = _plugged.Find(p => p.Slot == slot).Device?.Id,
            Slot = slot.ToString(CultureInfo.InvariantCulture),
            SlotType = ACPISlotType.Dimm,
            Source = 0,
            Status = 0,
        }),
    ];

    private static long NodeOf(PluggedDevice device) => (long?)device.Node.Property("node").Get() ?? 0;

    private long SlotOf(long wanted)
    {
        if (extra.Slots == 0) throw new CommandException("no slots where allocated, please specify the 'slots' option");
        if (wanted >= extra.Slots) throw new CommandException($"invalid slot number {wanted}, valid range is [0-{extra.Slots - 1}]");
        if (wanted >= 0) return _plugged.Exists(p => p.Slot == wanted) ? throw new CommandException($"slot {wanted} is busy") : wanted;
        for (long slot = 0; slot < extra.Slots; slot++)
        {
            if (!_plugged.Exists(p => p.Slot == slot)) return slot;
        }

        throw new CommandException("no free slots available");
    }

    private ulong Checked(ulong address, ulong length)
    {
        ulong range = extra.Most - own + ((ulong)extra.Slots * StartAlignment);
        if (address < Start || address - Start > range || range - (address - Start) < length)
        {
            throw new CommandException(
                $"can't add memory device [0x{address:x}:0x{length:x}], usable range for memory devices [0x{Start:x}:0x{range:x}]");
        }

        foreach ((PluggedDevice device, RamBlock block, _, ulong start) in _plugged)
        {
            if (address < start + block.Length && start < address + length)
            {
                throw new CommandException($"address range conflicts with memory device id='{device.Id ?? "(unnamed)"}'");
            }
        }

        return address;
    }

    private ulong Free(ulong length)
    {
        ulong address = Start;
        foreach ((_, RamBlock block, _, ulong start) in _plugged.OrderBy(p => p.Address))
        {
            if (start - address >= length) break;
            address = (start + block.Length + Alignment - 1) & ~(Alignment - 1);
        }

        return address;
    }
}
