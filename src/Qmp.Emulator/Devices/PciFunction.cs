namespace Qmp.Emulator.Devices;

/// <summary>What is at a function of a PCI slot.</summary>
/// <param name="Type">The type of the device.</param>
/// <param name="Id">Its id; <see langword="null"/> for none.</param>
/// <param name="IsMultifunction">Whether others may be at further functions of its slot.</param>
internal sealed record PciFunction(string Type, string? Id, bool IsMultifunction);
