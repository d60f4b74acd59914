using System.Text;
using Qmp.Types;

namespace Qmp.Emulator.HumanMonitor;

/// <summary>Memory as <c>info memdev</c>, <c>info memory-devices</c> and <c>info memory_size_summary</c> show it.</summary>
internal static class MemoryText
{
    /// <summary>The objects that are memory.</summary>
    public static string Backends(IEnumerable<Memdev> backends)
    {
        var text = new StringBuilder();
        foreach (Memdev backend in backends)
        {
            if (backend.Id is { } id) text.Append(Invariant($"memory backend: {id}\n"));
            text.Append(Invariant($"  size:  {backend.Size}\n  merge: {Word(backend.Merge)}\n  dump: {Word(backend.Dump)}\n"));
            text.Append(Invariant($"  prealloc: {Word(backend.Prealloc)}\n  share: {Word(backend.Share)}\n"));
            if (backend.Reserve is { } reserve) text.Append(Invariant($"  reserve: {Word(reserve)}\n"));
            text.Append(Invariant($"  policy: {backend.Policy.ToWireName()}\n  host nodes: {string.Join(',', backend.HostNodes)}\n"));
        }

        return text.Append('\n').ToString();
    }

    /// <summary>The memory that is plugged in.</summary>
    public static string Devices(IEnumerable<MemoryDeviceInfo> devices)
    {
        var text = new StringBuilder();
        foreach (PCDIMMDeviceInfo dimm in devices.OfType<MemoryDeviceInfo.Dimm>().Select(d => d.Value.Data))
        {
            text.Append(Invariant($"Memory device [dimm]: \"{dimm.Id ?? ""}\"\n  addr: 0x{dimm.Addr:x}\n  slot: {dimm.Slot}\n  node: {dimm.Node}\n"));
            text.Append(Invariant($"  size: {dimm.Size}\n  memdev: {dimm.Memdev}\n  hotplugged: {Word(dimm.Hotplugged)}\n  hotpluggable: {Word(dimm.Hotpluggable)}\n"));
        }

        return text.ToString();
    }

    /// <summary>How much there is.</summary>
    public static string Summary(MemoryInfo memory)
    {
        string text = Invariant($"base memory: {memory.BaseMemory}\n");
        return memory.PluggedMemory is { } plugged ? text + Invariant($"plugged memory: {plugged}\n") : text;
    }

    private static string Word(bool value) => value ? "true" : "false";

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
