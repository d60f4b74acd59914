using Qmp.Emulator.Objects;
using Qmp.Emulator.Recorded;

namespace Qmp.Emulator.Devices;

/// <summary>A device that a user made.</summary>
/// <param name="Type">Its type; <see langword="null"/> for one of our own, which QEMU does not have.</param>
/// <param name="Node">Its object.</param>
/// <param name="Bus">The bus that it is on; <see langword="null"/> if on none.</param>
/// <param name="Buses">The buses that it brought.</param>
internal sealed record PluggedDevice(RecordedType? Type, ObjectNode Node, Bus? Bus, IReadOnlyList<Bus> Buses)
{
    /// <summary>Its id; <see langword="null"/> for none.</summary>
    public string? Id { get; init; }

    /// <summary>Its slot and function, on a PCI bus.</summary>
    public int? Function { get; init; }

    /// <summary>Whether the guest has been asked to let it go.</summary>
    public bool IsLeaving { get; set; }
}
