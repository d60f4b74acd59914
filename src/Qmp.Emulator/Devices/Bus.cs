using Qmp.Emulator.Recorded;

namespace Qmp.Emulator.Devices;

/// <summary>A bus that devices are on.</summary>
/// <param name="name">Its name.</param>
/// <param name="type">Its type.</param>
/// <param name="types">The types of objects that there are.</param>
/// <param name="takesHotPlug">Whether devices may come and go while the machine runs.</param>
internal sealed class Bus(string name, string type, RecordedCatalogue types, bool takesHotPlug)
{
    /// <summary>The functions of its slots that are taken, by slot times 8 plus function.</summary>
    public Dictionary<int, PciFunction> Functions { get; } = [];

    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Its type.</summary>
    public string Type => type;

    /// <summary>Whether devices may come and go while the machine runs.</summary>
    public bool TakesHotPlug => takesHotPlug;

    /// <summary>Whether a device that came lets itself be removed without a guest.</summary>
    public bool LetsGoAtOnce => !IsPci;

    /// <summary>Whether its devices have slots and functions.</summary>
    public bool IsPci => Is("PCI");

    /// <summary>Whether it belongs to the machine.</summary>
    public bool IsBuiltIn { get; set; }

    /// <summary>Whether it is below a port, which has room for one device.</summary>
    public bool IsPort { get; init; }

    /// <summary>Whether it is of that type, or of one that builds on it.</summary>
    public bool Is(string wanted) =>
        type == wanted || (types.Types.Find(type)?.Is(wanted) ?? false);
}
