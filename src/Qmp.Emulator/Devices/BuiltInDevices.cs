using System.Globalization;
using Newtonsoft.Json.Linq;
using Qmp.Emulator.Objects;

namespace Qmp.Emulator.Devices;

/// <summary>Lists the devices that a machine has by itself, in the order in which QEMU makes them.</summary>
/// <param name="tree">Gets their objects.</param>
/// <param name="buses">The buses that they are on.</param>
/// <param name="first">The number of the first one among what belongs to the machine.</param>
internal sealed class BuiltInDevices(ObjectTree tree, BusTree buses, int first)
{
    private int _next = first;

    /// <summary>Lists a device that has no name.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="values">The properties that are set.</param>
    public ObjectNode Add(string type, params ReadOnlySpan<(string Property, JToken Value)> values)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"device[{_next++}]");
        return AddTo(tree.Unattached, type, name, values);
    }

    /// <summary>Lists a device that has one, or a part of another.</summary>
    /// <param name="owner">The object that owns it.</param>
    /// <param name="type">Its type.</param>
    /// <param name="name">Its name.</param>
    /// <param name="values">The properties that are set.</param>
    public static ObjectNode AddTo(ObjectNode owner, string type, string name, params ReadOnlySpan<(string Property, JToken Value)> values)
    {
        ObjectNode node = owner.Add(new ObjectNode(type, name) { IsDevice = true });
        node.Store("realized", true);
        foreach ((string property, JToken value) in values) node.Store(property, value);
        return node;
    }

    /// <summary>Lists a device on a PCI bus, in the first slot that is free.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="bus">The name of the bus.</param>
    public ObjectNode AddPci(string type, string bus)
    {
        Dictionary<int, PciFunction> taken = buses.Named(bus)!.Functions;
        int function = 0;
        while (taken.ContainsKey(function)) function += 8;
        taken[function] = new(type, null, IsMultifunction: false);
        return Add(type, ("addr", function));
    }
}
